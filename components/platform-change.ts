/** Pure: what another standard changes in a platform that exists, as `standard-change.ts` does of a database. */
import type { z } from "zod";
import { problemsOf } from "./input-errors";
import { platformRequestOf } from "./platform-arguments";
import {
  differing,
  ofParameterValues,
  ofTags,
  refusedArguments,
  type Change,
  type StandardPair,
} from "./standard-change";
import { filled, tagOf, type Standard } from "./standards/standard";

/** A platform as its stack declares it, with the names that it was made with. */
export interface StandingPlatform {
  /** The arguments that can be checked before anything runs. */
  request: Readonly<Record<string, unknown>>;
  birth: Standard["birth"];
  region: string | undefined;
}

/** What the state says of a platform. */
export interface StateOfPlatform {
  platformName: string;
  subnetGroupName: string;
  region: string;
  copyRegion: string | null;
  owner: string;
  costCenter: string;
  environment: string;
}

/** With the one of some births that it was made with; undefined if its subnet group has another name. */
export function standingPlatformIn(
  { platformName, subnetGroupName, region, copyRegion, ...told }: StateOfPlatform,
  followed: Standard,
  births: readonly Standard["birth"][],
): StandingPlatform | undefined {
  const fitting = births.filter((one) => filled(one.subnetGroup, { platform: platformName }) === subnetGroupName);
  const named = fitting.find((one) => filled(one.platform, { region }) === platformName);
  const birth = named ?? fitting[0];
  const isOwnCopy = copyRegion !== null && copyRegion !== followed.regions[region]?.copyTo;
  return (
    birth && {
      request: { ...told, ...(!named && { platformName }), ...(isOwnCopy && { copyRegion }) },
      birth,
      region,
    }
  );
}

/** Undefined: the old standard refuses its arguments, too. */
export function platformChangesOf(
  { request, birth, region }: StandingPlatform,
  { from, to }: StandardPair,
): Change[] | undefined {
  const before = parsed(request, { ...from, birth }, region);
  if (!before.data) return undefined;
  const after = parsed(request, { ...to, birth }, region);
  if (!after.data) return refusedArguments(problemsOf(after.error!));
  const [old, now] = [before.data, after.data];
  const values = ({ postgres }: Standard) =>
    Object.fromEntries(postgres.parameters.map(({ name, value }) => [name, value]));
  return [
    ...now.postgresMajors
      .filter((major) => !old.postgresMajors.includes(major))
      .flatMap((major) => differing(`parameter group of ${major}`, undefined, "made", "at-once")),
    ...old.postgresMajors
      .filter((major) => !now.postgresMajors.includes(major))
      .flatMap((major) =>
        differing(`parameter group of ${major}`, "there", undefined, "at-once", {
          note: "RDS refuses to delete it while a database uses it",
        }),
      ),
    ...ofParameterValues(values(from), values(to), ["in the databases that use the platform's group"]),
    ...differing("Region of copies", old.copyRegion, now.copyRegion, old.copyRegion ? "refused" : "at-once", {
      ...(old.copyRegion && { note: "the vault of the copies and its key would be replaced, and are protected" }),
    }),
    ...ofTags({ from, to }, tagOf),
  ];
}

/** What would change if the stack took the names that the standard gives new ones. */
export function platformRenamingOf({ request, birth, region }: StandingPlatform, standard: Standard): Change[] {
  const [before, after] = [parsed(request, { ...standard, birth }, region), parsed(request, standard, region)];
  if (!before.data || !after.data) return [];
  const [was, is] = [before.data.platformName, after.data.platformName];
  const names = (pattern: "subnetGroup" | "keyAlias") =>
    [filled(birth[pattern], { platform: was }), filled(standard.birth[pattern], { platform: is })] as const;
  return [
    ...differing("platform", was, is, "refused", {
      note: "nearly all of it would be replaced: vaults with their backups, the topic with its subscriptions",
    }),
    ...differing("subnet group", ...names("subnetGroup"), "refused", { note: "RDS moves no database to another" }),
    ...differing("key's alias", ...names("keyAlias"), "at-once"),
  ];
}

const parsed = (request: StandingPlatform["request"], standard: Standard, region: string | undefined) =>
  (platformRequestOf(standard, region) as z.ZodType<z.output<ReturnType<typeof platformRequestOf>>>).safeParse(
    request,
    { reportInput: true },
  );

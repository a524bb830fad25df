/**
 * What another standard changes in the databases and platforms that exist, before any preview: in those of the backend's
 * stacks, or of some stacks' config files.
 */
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { identifierOf } from "../components/names";
import {
  platformChangesOf,
  platformRenamingOf,
  standingPlatformIn,
  type StandingPlatform,
} from "../components/platform-change";
import { changesOf, renamingOf, strongest, type Change, type Effect } from "../components/standard-change";
import { standingIn, unshownIn, type StateOfDatabase } from "../components/standing-database";
import { bornWith, everyBirth } from "../components/standards/births";
import { standardTag } from "../components/standards/fixed";
import {
  birthDigest,
  birthsOf,
  filled,
  instanceTagOf,
  tagOf,
  type HeldStandard,
  type Standard,
} from "../components/standards/standard";
import { decodeText } from "../components/standards/text-file";
import { readYamlMapping } from "../components/standards/yaml-mapping";
import { reasonOf } from "./errors";
import type { DeclaredDatabase, DeclaredPlatform } from "./fleet-records";
import { askBackend } from "./runner/backend-stacks";
import type { StackContext } from "./runner/stack-state";

export interface StandardDiff {
  from: HeldStandard;
  to: HeldStandard;
  databases: Difference[];
  platforms: Difference[];
  /** What could not be read or judged, a sentence each. */
  unread: string[];
}

export interface Difference {
  kind: "database" | "platform";
  name: string;
  stack: string;
  effect: Effect;
  changes: Change[];
  names: {
    /** As the stack pins it. */
    birth: string;
    /** Whether a new stack would get them. */
    areCurrent: boolean;
    /** What would change if the stack took those of new ones; nothing if it has them. */
    taking: Change[];
  };
}

/** Of every StandardDatabase and DatabasePlatform in the stacks of the backend. */
export async function diffOfBackend(from: Standard, to: Standard, context: StackContext): Promise<StandardDiff> {
  const answer = await askBackend(context);
  if (!answer.asked)
    return diff(from, to, [`the stacks of the backend ${answer.backend ?? "(none)"}: ${answer.reason}`]);
  return diff(from, to, [
    ...answer.unread.map(({ stack, reason }) => `stack ${stack}: ${reason}`),
    ...answer.stacks.flatMap(({ platforms }) => platforms.map((one) => ofPlatform(one, from, to))),
    ...answer.stacks.flatMap(({ databases }) =>
      databases.filter(({ isStandard }) => isStandard).map((one) => ofDatabase(one, from, to)),
    ),
  ]);
}

/** Of what config files of `stacks/` declare. */
export const diffOfFiles = (from: Standard, to: Standard, files: readonly string[]): StandardDiff =>
  diff(
    from,
    to,
    files.map((file) => ofFile(file, from, to)),
  );

/** A difference, or why nothing can be said. */
type Judged = Difference | string;

function diff(from: Standard, to: Standard, judged: Judged[]): StandardDiff {
  const held = ({ name, version, digest }: Standard): HeldStandard => ({ name, version, digest });
  const found = judged.filter((one) => typeof one !== "string");
  return {
    from: held(from),
    to: held(to),
    databases: found.filter(({ kind }) => kind === "database"),
    platforms: found.filter(({ kind }) => kind === "platform"),
    unread: judged.filter((one) => typeof one === "string"),
  };
}

function ofDatabase(declared: DeclaredDatabase, from: Standard, to: Standard): Judged {
  const { stack, identifier: name, tags, region, decided } = declared;
  const at = `${name} of ${stack}`;
  if (!decided) return `${at}: its state does not say what was decided of it; bring it up once`;
  const follows = [from, to].find((one) => instanceTagOf(one) === tags[standardTag]);
  if (!follows) return `${at}: follows the standard ${tags[standardTag] ?? "(none)"}, not ${instanceTagOf(from)}`;
  const state = {
    ...(decided as Pick<StateOfDatabase, "shape" | "masterUsername" | "hasRoles">),
    costCenter: tags[follows.tags.costCenter.key] ?? "",
    region,
  };
  const unshown = unshownIn(state);
  if (unshown.length > 0) return `${at}: its program takes ${unshown.join(" and ")} as found; give its config file`;
  const standing = standingIn(state, follows, bothBirths(from, to));
  if (!standing) return `${at}: has names that neither standard has`;
  return difference(
    { kind: "database", name, stack, birth: standing.birth },
    lost(standing, to),
    changesOf(standing, { from: follows, to }),
    renamingOf(standing, to),
    to,
  );
}

function ofPlatform({ stack, tags, ...state }: DeclaredPlatform, from: Standard, to: Standard): Judged {
  const name = state.platformName;
  const follows = [from, to].find((one) => tagOf(one) === tags[standardTag]);
  if (!follows) return `${name} of ${stack}: follows the standard ${tags[standardTag] ?? "(none)"}, not ${tagOf(from)}`;
  const tag = (of: "owner" | "costCenter" | "environment") => tags[follows.tags[of].key] ?? "";
  const told = { owner: tag("owner"), costCenter: tag("costCenter"), environment: tag("environment") };
  const standing = standingPlatformIn({ ...state, ...told }, follows, bothBirths(from, to));
  if (!standing) return `${name} of ${stack}: has names that neither standard has`;
  return ofStandingPlatform({ name, stack }, lost(standing, to), standing, follows, to);
}

const ofStandingPlatform = (
  at: Pick<Difference, "name" | "stack">,
  refused: string | undefined,
  standing: StandingPlatform,
  from: Standard,
  to: Standard,
): Judged =>
  difference(
    { kind: "platform", ...at, birth: standing.birth },
    refused,
    platformChangesOf(standing, { from, to }),
    platformRenamingOf(standing, to),
    to,
  );

const bothBirths = (from: Standard, to: Standard) => [...birthsOf(from), ...everyBirth(to), ...everyBirth(from)];
const lostNames = "add to earlierBirths what birth said when the stack was made: without it the stack's pin is refused";
const lost = ({ birth }: Pick<StandingPlatform, "birth">, to: Standard) =>
  everyBirth(to).some((one) => birthDigest(one) === birthDigest(birth)) ? undefined : lostNames;

function ofFile(file: string, from: Standard, to: Standard): Judged {
  let config: Record<string, unknown>;
  try {
    const { values, problems } = readYamlMapping(decodeText(readFileSync(file)), "a mapping");
    if (values === undefined) return `${file}: ${problems[0]?.message}`;
    config = (values["config"] ?? {}) as Record<string, unknown>;
  } catch (error) {
    return `${file}: ${reasonOf(error)}`;
  }
  const text = (key: string) => (typeof config[key] === "string" ? config[key] : undefined);
  const [pinned, region] = [text("shipshape:birth"), text("aws:region")];
  const birth = bornWith(from, pinned) ?? bornWith(to, pinned);
  if (!birth) return `${file}: pins names that neither standard has, shipshape:birth ${pinned ?? "(nothing)"}`;
  const stack = basename(file).replace(/^Pulumi\.(.*)\.ya?ml$/, "$1");
  const unpinned = `give the stack its pin: pulumi config set shipshape:birth ${birthDigest(birth)}`;
  const refused = bornWith(to, pinned) ? undefined : pinned === undefined ? unpinned : lostNames;
  const { "shipshape:request": request, "shipshape:platform": platform } = config;
  if (isMapping(platform)) {
    const name = String(platform["platformName"] ?? filled(birth.platform, region ? { region } : {}));
    return ofStandingPlatform({ name, stack }, refused, { request: platform, birth, region }, from, to);
  }
  if (!isMapping(request)) return `${file}: has neither config shipshape:request nor shipshape:platform`;
  const { existing } = request as { existing?: { identifier?: unknown } };
  const name = String(existing?.identifier ?? identifierOf(request as never, { ...from, birth }));
  const standing = { request, birth, region };
  return difference(
    { kind: "database", name, stack, birth },
    refused,
    changesOf(standing, { from, to }),
    renamingOf(standing, to),
    to,
  );
}

const isMapping = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

function difference(
  { birth, ...at }: Pick<Difference, "kind" | "name" | "stack"> & Pick<Standard, "birth">,
  refused: string | undefined,
  changed: Change[] | undefined,
  taking: Change[],
  to: Standard,
): Judged {
  if (!changed) return `${at.name} of ${at.stack}: its arguments are not those of the given standard`;
  const names: Change[] =
    refused === undefined ? [] : [{ figure: "names", from: null, to: null, effect: "refused", note: refused }];
  const changes = [...names, ...changed];
  const digest = birthDigest(birth);
  return {
    ...at,
    effect: strongest(changes),
    changes,
    names: { birth: digest, areCurrent: digest === birthDigest(to.birth), taking },
  };
}

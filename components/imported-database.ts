import { majorOf, minorOf, sqlNamePattern } from "./found-properties";
import { databaseNameOf } from "./names";
import type { ResolvedRequest } from "./request-schema";
import { familyOf, postgresMajors } from "./standards/fixed";
import { majorsOf, type Standard } from "./standards/standard";

/** As waivers of guardrails: about half a year. */
export const upgradeDaysMax = 180;

/** What a version lacks that the standard does not allow; undefined for one that it allows. */
export function tooOld(version: string, standard: Standard): string | undefined {
  const approved = majorsOf(standard);
  const least = approved.find((major) => major === majorOf(version));
  if (!least) return `${version} is none of the standard's majors, ${approved.join(", ")}`;
  const minimum = standard.postgres.majors[least]?.minimumMinor ?? 0;
  return minorOf(version) < minimum ? `${version} is below the standard's minimum ${least}.${minimum}` : undefined;
}

type Wrong = [path: string[], input: unknown, message: string];

/** What does not fit together in the request of a database that was created elsewhere. */
export function wrongImport(request: ResolvedRequest, standard: Standard): Wrong[] {
  const { existing, accessRoles } = request;
  if (!existing) return [];
  const { dbName, engineVersion, manageMasterUserPassword, parameterGroupName } = existing.asFound;
  const major = engineVersion ? majorOf(engineVersion) : request.postgresMajor;
  const ofTheStandard = majorsOf(standard).some((one) => one === major);
  const now = (reason: string): Wrong => [["accessRoles"], accessRoles, `give "later" ${reason}`];
  const wrong: [applies: boolean, wrong: Wrong][] = [
    [
      accessRoles === "declared" && manageMasterUserPassword === false,
      now("while existing.asFound.manageMasterUserPassword is false: the master password is unknown here"),
    ],
    [
      accessRoles === "declared" && request.databaseName === undefined && isOther(dbName),
      now(
        `while databaseName is not given: existing.asFound.dbName is ${dbName}, and roles need a database of their own`,
      ),
    ],
    [
      accessRoles === "declared" && !postgresMajors.some((one) => one === major),
      now(`while existing.asFound.engineVersion is ${engineVersion}: roles are for ${postgresMajors.join(", ")}`),
    ],
    [
      !ofTheStandard && !parameterGroupName,
      [
        ["existing", "asFound", "parameterGroupName"],
        parameterGroupName,
        `is missing: the platform has no group for ${familyOf(major)}; give the group that the database has`,
      ],
    ],
    [
      !ofTheStandard && Object.keys(request.parameters).length > 0,
      [
        ["parameters"],
        request.parameters,
        `omit it while existing.asFound.engineVersion is ${engineVersion}: the standard has no parameters for ${familyOf(major)}`,
      ],
    ],
  ];
  return [...wrong.flatMap(([applies, one]) => (applies ? [one] : [])), ...wrongDay(existing, standard)];

  /** A database whose secrets would have another name. */
  function isOther(name: string | null | undefined): boolean {
    return name === null || (sqlNamePattern.test(name ?? "") && name !== databaseNameOf(request, standard));
  }
}

function wrongDay({ asFound, upgradeBy }: NonNullable<ResolvedRequest["existing"]>, standard: Standard): Wrong[] {
  const reason = asFound.engineVersion ? tooOld(asFound.engineVersion, standard) : undefined;
  const last = dayIn(upgradeDaysMax);
  const problem = (message: string): Wrong[] => [[["existing", "upgradeBy"], upgradeBy, message]];
  if (reason && !upgradeBy)
    return problem(`is missing: ${reason}; give the day by which it is upgraded, ${last} at most`);
  if (!reason && upgradeBy) return problem("omit it: no version is as found that the standard does not allow");
  return upgradeBy && upgradeBy > last ? problem(`give ${last} at most, ${upgradeDaysMax} days ahead`) : [];
}

/** `YYYY-MM-DD`, so many days from today. */
export const dayIn = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

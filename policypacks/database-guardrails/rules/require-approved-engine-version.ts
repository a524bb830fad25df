import { versionStandards, type VersionStandard } from "../../../components/standards";
import { isPostgres } from "../vocabulary/engines";
import { isCopy } from "../vocabulary/origin";
import { defineRule } from "../judging/rule";
import { databases } from "../vocabulary/types";

const approved: Readonly<Record<string, VersionStandard>> = versionStandards;
const majors = (today: string) =>
  Object.entries(approved).flatMap(([major, { minimumMinor, approvedUntil }]) =>
    approvedUntil >= today ? [`${major}.${minimumMinor} or newer`] : [],
  );

export const requireApprovedEngineVersion = defineRule({
  id: "require-approved-engine-version",
  title: "The engine's version is approved, today",
  severity: "high",
  owner: "team-platform",
  controls: ["RDS.13"],
  properties: ["engineVersion"],
  why: "An old minor lacks fixes of security and of data corruption; a major at the end of its life gets none any more, or costs Extended Support. So each approved major has a least minor and a date at which its approval ends.",
  solution:
    "Give an approved version, as `components/standards.ts` lists them. A running database gets there by `engineVersion` and an `up` (ringed patches are planned); a major upgrade is planned long before the date.",
  types: databases,
  *check(database, { today }) {
    if (!isPostgres(database)) return;
    const version = database.string("engineVersion");
    const wrong = (allowed: string, change: string) => ({ property: "engineVersion", found: version, allowed, change });
    if (version === undefined) {
      if (!isCopy(database))
        yield wrong(majors(today).join(", "), "pin a version: without one AWS chooses, at another time another");
      return;
    }
    const [major = "", minor] = version.split(".");
    const standard = Object.hasOwn(approved, major) ? approved[major] : undefined;
    if (!standard) yield wrong(majors(today).join(", "), "give a version of an approved major");
    else if (standard.approvedUntil < today)
      yield wrong(
        `${majors(today).join(", ")} (the approval of ${major} ended on ${standard.approvedUntil})`,
        "upgrade to a newer major",
      );
    // RDS builds some minors again: "17.2-R2".
    else if (minor !== undefined && !(Number.parseInt(minor, 10) >= standard.minimumMinor))
      yield wrong(majors(today).join(", "), `give ${major}.${standard.minimumMinor} or newer`);
  },
});

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
  title: "The engine's version is currently approved",
  severity: "high",
  owner: "team-platform",
  controls: ["RDS.13"],
  properties: ["engineVersion"],
  why: "An old minor version lacks fixes for security and data corruption; a major version at the end of its life gets no more fixes, or costs Extended Support. So each approved major has a minimum minor and a date on which its approval ends.",
  solution:
    "Set a version from the list in `components/standards.ts`. To upgrade a running database, change `engineVersion` and run `up` (ringed patches are planned); plan a major upgrade long before the date.",
  types: databases,
  *check(database, { today }) {
    if (!isPostgres(database)) return;
    const version = database.string("engineVersion");
    const wrong = (allowed: string, change: string) => ({ property: "engineVersion", found: version, allowed, change });
    if (version === undefined) {
      if (!isCopy(database))
        yield wrong(majors(today).join(", "), "pin a version: without one, AWS's choice changes over time");
      return;
    }
    const [major = "", minor] = version.split(".");
    const standard = Object.hasOwn(approved, major) ? approved[major] : undefined;
    if (!standard) yield wrong(majors(today).join(", "), "set a version of an approved major");
    else if (standard.approvedUntil < today)
      yield wrong(
        `${majors(today).join(", ")} (the approval of ${major} ended on ${standard.approvedUntil})`,
        "upgrade to a newer major",
      );
    // RDS rebuilds some minors: "17.2-R2".
    else if (minor !== undefined && !(Number.parseInt(minor, 10) >= standard.minimumMinor))
      yield wrong(majors(today).join(", "), `set ${major}.${standard.minimumMinor} or newer`);
  },
});

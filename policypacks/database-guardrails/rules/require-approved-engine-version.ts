import type { Standard } from "../../../components/standards/standard";
import { isPostgres } from "../vocabulary/engines";
import { isCopy } from "../vocabulary/origin";
import { defineRule } from "../judging/rule";
import { databases } from "../vocabulary/types";

const majors = ({ postgres }: Standard, today: string) =>
  Object.entries(postgres.majors).flatMap(([major, { minimumMinor, approvedUntil }]) =>
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
    "Set a version that the standard approves (Shipshape's own: `components/standards/built-in.ts`). To upgrade a running database, change `engineVersion` and run `up`, or let a train do it ring by ring (`npx shipshape request ringed-patch --help`); plan a major upgrade long before the date.",
  types: databases,
  *check(database, { standard, today }) {
    if (!isPostgres(database)) return;
    const version = database.string("engineVersion");
    const wrong = (allowed: string, change: string) => ({ property: "engineVersion", found: version, allowed, change });
    if (version === undefined) {
      if (!isCopy(database))
        yield wrong(majors(standard, today).join(", "), "pin a version: without one, AWS's choice changes over time");
      return;
    }
    const [major = "", minor] = version.split(".");
    const approved = Object.entries(standard.postgres.majors).find(([one]) => one === major)?.[1];
    if (!approved) yield wrong(majors(standard, today).join(", "), "set a version of an approved major");
    else if (approved.approvedUntil < today)
      yield wrong(
        `${majors(standard, today).join(", ")} (the approval of ${major} ended on ${approved.approvedUntil})`,
        "upgrade to a newer major",
      );
    // RDS rebuilds some minors: "17.2-R2".
    else if (minor !== undefined && !(Number.parseInt(minor, 10) >= approved.minimumMinor))
      yield wrong(majors(standard, today).join(", "), `set ${major}.${approved.minimumMinor} or newer`);
  },
});

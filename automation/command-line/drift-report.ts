/** Pure: what `shipshape drift` knows, from records or from this process, and what follows from it. */
import { severities, type Severity } from "../../policypacks/database-guardrails/judging/rule";
import type {
  DatabaseLook,
  DifferenceFinding,
  DifferenceTrend,
  FoundDifference,
  LookedAt,
} from "../difference-records";
import type { DifferenceFilter } from "../difference-records";
import { identityOf, type FleetDatabase } from "../fleet-records";
import type { Printed } from "./json/types";
import { lookedRecentlyHours } from "./limits";

export interface DriftReport {
  at: Date;
  /** Null where no control plane was asked. */
  trend: DifferenceTrend | null;
  /** The worst first. */
  differences: ShownDifference[];
  /** How many more are open than are listed. */
  left: number;
  databases: ShownDatabase[];
  /** Why it is not complete. */
  problems: string[];
}

/** With its finding, if it has one. */
export interface ShownDifference extends FoundDifference {
  database: LookedAt;
  finding: Pick<DifferenceFinding, "id" | "firstSeen" | "lastSeen" | "openedBy" | "seenBy" | "opened"> | null;
}

export interface ShownDatabase {
  identifier: string;
  account: string | null;
  region: string | null;
  owner: string | null;
  /** unreadable: the last attempt could not compare it. */
  look: "recent" | "old" | "never" | "unreadable";
  lookedAt: Date | null;
}

/** How each database of the fleet was looked at last. */
export function looksOf(
  fleet: readonly FleetDatabase[],
  looks: readonly DatabaseLook[],
  unreadable: readonly DifferenceFinding[],
  { at, ownerTag }: { at: Date; ownerTag: string },
): ShownDatabase[] {
  const lookedOf = new Map(looks.map(({ identity, lookedAt }) => [identity, lookedAt]));
  return fleet.map((one) => {
    const { identifier, account, region, tags } = one;
    const lookedAt = lookedOf.get(identityOf(one)) ?? null;
    const isUnreadable = unreadable.some(({ database }) => isSame(database, one));
    const isOld = lookedAt !== null && at.getTime() - lookedAt.getTime() > lookedRecentlyHours * 3_600_000;
    const look = isUnreadable ? "unreadable" : lookedAt === null ? "never" : isOld ? "old" : "recent";
    return { identifier, account, region, owner: tags[ownerTag] ?? null, look, lookedAt };
  });
}

/** A finding of a name alone is about whatever has it. */
const isSame = (found: LookedAt, one: FleetDatabase): boolean =>
  "resourceId" in found
    ? identityOf(found) === identityOf(one)
    : found.identifier === one.identifier &&
      (found.account ?? one.account) === one.account &&
      (found.region ?? one.region) === one.region;

export const fits = (one: ShownDifference, { database, owner, severity, class: kind }: DifferenceFilter): boolean =>
  (database ?? one.database.identifier) === one.database.identifier &&
  (owner === undefined || owner === one.owner) &&
  (severity ?? one.severity) === one.severity &&
  (kind ?? one.class) === one.class;

/** Those that no waiver allows and that are as bad as that, or worse. */
export const failing = (differences: readonly ShownDifference[], failOn: Severity): ShownDifference[] =>
  differences.filter((one) => one.waivedBy === null && rank(one.severity) <= rank(failOn));

const rank = (severity: Severity) => severities.indexOf(severity);

/** Whether anything was not compared, or not lately: nothing compared is not nothing found. */
export const isIncomplete = ({ problems, databases, differences }: DriftReport): boolean =>
  problems.length > 0 ||
  databases.length === 0 ||
  databases.some(({ look }) => look !== "recent") ||
  differences.some((one) => one.class === "unreadable");

/** 1: something is as bad as that. 2: nothing that was compared is, and not everything was. */
export const exitCodeOf = (report: DriftReport, failOn: Severity): 0 | 1 | 2 =>
  failing(report.differences, failOn).length > 0 ? 1 : isIncomplete(report) ? 2 : 0;

/** By owner, the one with the worst difference first. */
export function byOwner(differences: readonly ShownDifference[]): [owner: string | null, ShownDifference[]][] {
  const groups = new Map<string | null, ShownDifference[]>();
  for (const one of differences) groups.set(one.owner, [...(groups.get(one.owner) ?? []), one]);
  return [...groups].map(([owner, ones]) => [owner, [...ones].sort((a, b) => rank(a.severity) - rank(b.severity))]);
}

/** "1 critical, 2 medium" */
export const severityCounts = (differences: readonly ShownDifference[]): string =>
  severities
    .map((severity) => [differences.filter((one) => one.severity === severity).length, severity] as const)
    .filter(([count]) => count > 0)
    .map(([count, severity]) => `${count} ${severity}`)
    .join(", ");

export const driftRecord = (report: DriftReport, failOn: Severity): Printed<"drift"> => ({
  at: report.at,
  sealed: report.trend !== null,
  failing: failing(report.differences, failOn).length,
  differences: report.differences.map(({ finding, database, ...one }) => ({
    ...one,
    finding: finding?.id ?? null,
    firstSeen: finding?.firstSeen ?? null,
    lastSeen: finding?.lastSeen ?? null,
    openedBy: finding?.openedBy ?? null,
    seenBy: finding?.seenBy ?? null,
    database: {
      identifier: database.identifier,
      account: database.account ?? null,
      region: database.region ?? null,
      resourceId: "resourceId" in database ? database.resourceId : null,
    },
  })),
  left: report.left,
  databases: report.databases,
  trend: report.trend,
  problems: report.problems,
});

/** Pure: judges what the drill found. Each check names what it proves, with its figures. */
import { verdictOf, type Check, type Verdict } from "../../records";
import type { CatalogInventory } from "../../targets/catalog-inventory";
import type { Marker } from "../../targets/recovery-markers";
import type { RecoveryPoint } from "../../targets/recovery-point";
import type { Remainder, StructureReport } from "../../targets/structure-verification";
import { secondsBetween, type RestoreDrillPlan } from "./plan";

export interface Phase {
  name: string;
  beganAt: string;
  endedAt: string;
}

/** Why a check could not be made: that says nothing for or against the backup. */
export interface Undecided {
  undecided: string;
}

export interface BracketingMarkers {
  before: Marker;
  after: Marker;
  /** The first marker as the source had it after the second was written: null if it was gone. */
  beforeAgain: Marker | null;
}

/** What the steps recorded, as far as the drill got. */
export interface RestoreDrillOutcome {
  phases: Phase[];
  /** No restore could be requested: there is no backup, or the backups lack what was committed long ago. */
  notRestorable: { at: string; reason: string } | null;
  recoveryTarget: string | null;
  markers: BracketingMarkers | null;
  restore:
    | { succeeded: true; askedAt: string; firstQueryAt: string; endpoint: string; resourceId: string }
    | { succeeded: false; askedAt: string; failedAt: string; reason: string }
    | null;
  found: {
    markers: Marker[] | Undecided;
    recoveryPoint: RecoveryPoint | Undecided;
    structure: StructureReport;
    source: CatalogInventory | Undecided;
    sourceAfter: CatalogInventory | Undecided;
    restored: CatalogInventory | Undecided;
  } | null;
}

export function verifyRestoreDrill(plan: RestoreDrillPlan, outcome: RestoreDrillOutcome): Verdict {
  const { restore, found, notRestorable, recoveryTarget, markers } = outcome;
  if (notRestorable) {
    const figures = {
      at: notRestorable.at,
      latestRestorableTime: plan.source.latestRestorableTime,
      backupRetentionDays: plan.source.backupRetentionDays,
    };
    return verdictOf([{ name: "backups-exist", verdict: "fail", explanation: notRestorable.reason, figures }]);
  }
  // Without any of these nothing was checked, and a verdict without checks proves nothing.
  if (!restore || !recoveryTarget || !markers) return verdictOf([]);
  if (!restore.succeeded) {
    const explanation = `the backup could not be restored to ${recoveryTarget}: ${restore.reason}`;
    return verdictOf([{ name: "database-recovers", verdict: "fail", explanation, figures: { recoveryTarget } }]);
  }
  if (!found) return verdictOf([]);
  return verdictOf([
    {
      name: "database-recovers",
      verdict: "pass",
      explanation: "the restored database accepts queries",
      figures: { recoveryTarget },
    },
    recoveryTime(plan, secondsBetween(restore.askedAt, restore.firstQueryAt)),
    recoveryExposure(plan),
    bracket(markers, recoveryTarget, found.markers),
    lastCommit(plan, recoveryTarget, found.recoveryPoint),
    structure(plan, found.structure),
    inventory(found.source, found.sourceAfter, found.restored),
  ]);
}

function recoveryTime(plan: RestoreDrillPlan, rtoAchievedSeconds: number): Check {
  const { rtoSeconds } = plan.objectives;
  const what = "from the restore request to the first query";
  return {
    name: "recovery-time",
    ...within(rtoAchievedSeconds, rtoSeconds, what),
    figures: { rtoAchievedSeconds, rtoSeconds },
  };
}

function recoveryExposure({ rpoAchievedSeconds, objectives: { rpoSeconds } }: RestoreDrillPlan): Check {
  const what = "from the newest restorable time to the start of the drill";
  return {
    name: "recovery-exposure",
    ...within(rpoAchievedSeconds ?? NaN, rpoSeconds, what),
    figures: { rpoAchievedSeconds, rpoSeconds },
  };
}

/**
 * Start and end of a duration may come from the clocks of two machines; a negative duration shows that they disagree.
 */
function within(seconds: number, limit: number, what: string): Pick<Check, "verdict" | "explanation"> {
  if (!Number.isFinite(seconds)) return { verdict: "inconclusive", explanation: `the time ${what} is unknown` };
  const explanation = `${seconds} s ${what}; the objective is ${limit} s`;
  if (seconds < 0)
    return {
      verdict: "inconclusive",
      explanation: `${explanation}. A negative time means that the clocks disagree`,
    };
  return { verdict: seconds <= limit ? "pass" : "fail", explanation };
}

function bracket(
  { before, after, beforeAgain }: BracketingMarkers,
  recoveryTarget: string,
  there: Marker[] | Undecided,
): Check {
  const base = { name: "markers-bracket-target" };
  const times = { markerBeforeAt: before.committedAt, markerAfterAt: after.committedAt };
  if ("undecided" in there) return { ...base, verdict: "inconclusive", explanation: there.undecided, figures: times };
  const has = (marker: Marker) => there.some((one) => one.name === marker.name && one.writtenAt === marker.writtenAt);
  const [hasBefore, hasAfter] = [has(before), has(after)];
  const figures = { ...times, markerBeforeThere: hasBefore, markerAfterThere: hasAfter };
  // Then neither a missing nor a present marker says anything about the backup.
  const touched = beforeAgain?.committedAt !== before.committedAt || beforeAgain.writtenAt !== before.writtenAt;
  if (
    touched ||
    !(
      Date.parse(before.committedAt) < Date.parse(recoveryTarget) &&
      Date.parse(recoveryTarget) < Date.parse(after.committedAt)
    )
  )
    return {
      ...base,
      verdict: "inconclusive",
      explanation: "the markers were changed in the source while they bracketed the target; drill again",
      figures,
    };
  if (!hasBefore)
    return {
      ...base,
      verdict: "fail",
      explanation: "what was committed before the recovery target is missing",
      figures,
    };
  if (hasAfter)
    return {
      ...base,
      verdict: "fail",
      explanation: "what was committed after the recovery target is present",
      figures,
    };
  const explanation = "what was committed before the recovery target is present, what was committed after it is not";
  return { ...base, verdict: "pass", explanation, figures };
}

function lastCommit(plan: RestoreDrillPlan, recoveryTarget: string, reached: RecoveryPoint | Undecided): Check {
  const name = "last-commit-meets-target";
  if ("undecided" in reached) return { name, verdict: "inconclusive", explanation: reached.undecided, figures: {} };
  const { lastCommitAt, lsn, timeline } = reached;
  const limit = plan.objectives.targetErrorSeconds;
  const figures = { lastCommitAt, lsn, timeline, targetErrorSecondsMax: limit };
  if (lastCommitAt === null)
    return { name, verdict: "inconclusive", explanation: "the restored database keeps no commit timestamps", figures };
  const targetErrorSeconds = secondsBetween(lastCommitAt, recoveryTarget);
  return {
    name,
    verdict: targetErrorSeconds >= 0 && targetErrorSeconds <= limit ? "pass" : "fail",
    explanation: `the last commit replayed is ${targetErrorSeconds} s before the recovery target`,
    figures: { ...figures, targetErrorSeconds },
  };
}

function structure({ structure: { secondsMax } }: RestoreDrillPlan, report: StructureReport): Check {
  const { left, skipped, structureOnly, damages, otherDatabases } = report;
  const figures = {
    relationsChecked: report.relationsChecked,
    bytesChecked: report.bytesChecked,
    relationsLeft: left.count,
    bytesLeft: left.bytes,
    secondsMax,
    relationsStructureOnly: structureOnly.count,
    relationsSkipped: skipped.count,
    damages: damages.length,
  };
  const base = { name: "heaps-and-indexes-are-sound", figures };
  const not = (what: string, remainder: Remainder) =>
    remainder.count ? `${remainder.count} ${what}: ${namesOf(remainder)}` : "";
  if (damages.length)
    return { ...base, verdict: "fail", explanation: damages.map((d) => `${d.relation}: ${d.problem}`).join("; ") };
  if (!report.available)
    return { ...base, verdict: "inconclusive", explanation: `amcheck could not be used: ${report.unavailableReason}` };
  if (left.count) {
    const more = report.outOfTime
      ? `; the time budget is ${secondsMax} s: give the next drill more with --structure-seconds`
      : "";
    return { ...base, verdict: "inconclusive", explanation: not("could not be checked", left) + more };
  }
  if (report.relationsChecked === 0)
    return { ...base, verdict: "inconclusive", explanation: "no heap or index was checked" };
  const explanation = [
    `every heap and every B-tree index of database ${report.database} was read and is sound`,
    not("checked only structurally", structureOnly),
    not("not checked", skipped),
    otherDatabases.length ? `not checked: the instance's other databases ${otherDatabases.join(", ")}` : "",
  ];
  return { ...base, verdict: "pass", explanation: explanation.filter(Boolean).join("; ") };
}

function namesOf({ count, named }: Remainder): string {
  const names = named.map(({ relation, problem }) => `${relation} (${problem})`);
  return [...names, ...(count > named.length ? [`and ${count - named.length} more`] : [])].join(", ");
}

function inventory(
  source: CatalogInventory | Undecided,
  sourceAfter: CatalogInventory | Undecided,
  restored: CatalogInventory | Undecided,
): Check {
  const name = "catalog-equals-source";
  for (const one of [source, sourceAfter, restored])
    if ("undecided" in one) return { name, verdict: "inconclusive", explanation: one.undecided, figures: {} };
  const [before, after, copy] = [source, sourceAfter, restored] as [
    CatalogInventory,
    CatalogInventory,
    CatalogInventory,
  ];
  const entries = Object.values(copy.counts).reduce((a, b) => a + b, 0);
  const figures = {
    sourceDigest: before.digest,
    sourceAfterDigest: after.digest,
    restoredDigest: copy.digest,
    entries,
  };
  if (entries === 0) return { name, verdict: "inconclusive", explanation: "no catalog entry was read", figures };
  const kinds = [...new Set([before, after, copy].flatMap(({ digests }) => Object.keys(digests)))].sort();
  // The target is between the two inventories of the source: if they are equal, the copy must equal them too.
  const differing = kinds.filter(
    (kind) => before.digests[kind] === after.digests[kind] && copy.digests[kind] !== before.digests[kind],
  );
  if (differing.length)
    return {
      name,
      verdict: "fail",
      explanation: `the catalog differs from the source's in: ${differing.join(", ")}`,
      figures,
    };
  const open = kinds.filter((kind) => ![before.digests[kind], after.digests[kind]].includes(copy.digests[kind]));
  if (open.length) {
    const explanation = `the source's own catalog changed while the target was bracketed, and the restored one differs in: ${open.join(", ")}; drill again`;
    return { name, verdict: "inconclusive", explanation, figures };
  }
  return { name, verdict: "pass", explanation: `the catalog's ${entries} entries equal those of the source`, figures };
}

/** Pure: judges what the drill found. Each check names what it proves, with its figures. */
import { verdictOf, type Check, type Verdict } from "../../records";
import type { CatalogInventory } from "../../targets/catalog-inventory";
import type { Marker } from "../../targets/recovery-markers";
import type { RecoveryPoint } from "../../targets/recovery-point";
import type { StructureReport } from "../../targets/structure-verification";
import { secondsBetween, type RestoreDrillPlan } from "./plan";

export interface Phase {
  name: string;
  beganAt: string;
  endedAt: string;
}

/** What the steps recorded. Where the restore itself failed there is a reason, and nothing was there to be checked. */
export interface RestoreDrillOutcome {
  recoveryTarget: string;
  markers: { before: Marker; after: Marker };
  phases: Phase[];
  restore:
    | { succeeded: true; askedAt: string; firstQueryAt: string; endpoint: string; resourceId: string }
    | { succeeded: false; askedAt: string; failedAt: string; reason: string };
  found: {
    markers: Marker[];
    recoveryPoint: RecoveryPoint;
    structure: StructureReport;
    source: CatalogInventory;
    sourceAfter: CatalogInventory;
    restored: CatalogInventory;
    differingKinds: string[];
  } | null;
}

export function verifyRestoreDrill(plan: RestoreDrillPlan, outcome: RestoreDrillOutcome): Verdict {
  const { restore, found } = outcome;
  if (!restore.succeeded)
    return verdictOf([
      {
        name: "database-recovers",
        verdict: "fail",
        explanation: `the backup could not be restored to ${outcome.recoveryTarget}: ${restore.reason}`,
        figures: { recoveryTarget: outcome.recoveryTarget },
      },
    ]);
  const rtoAchievedSeconds = secondsBetween(restore.askedAt, restore.firstQueryAt);
  return verdictOf([
    { name: "database-recovers", verdict: "pass", explanation: "the restored database accepts queries", figures: { recoveryTarget: outcome.recoveryTarget } },
    within(
      "recovery-time",
      "from asking for the restore to the first query",
      "rtoAchievedSeconds",
      rtoAchievedSeconds,
      "rtoSeconds",
      plan.objectives.rtoSeconds,
    ),
    within(
      "recovery-exposure",
      "from the newest restorable time to the beginning of the drill",
      "rpoAchievedSeconds",
      plan.rpoAchievedSeconds,
      "rpoSeconds",
      plan.objectives.rpoSeconds,
    ),
    ...(found ? [markers(outcome, found.markers), target(plan, outcome, found.recoveryPoint), structure(found.structure), inventory(found)] : []),
  ]);
}

function within(name: string, what: string, figure: string, achieved: number, objective: string, limit: number): Check {
  const verdict = achieved <= limit ? "pass" : "fail";
  return { name, verdict, explanation: `${achieved} s ${what}; the objective is ${limit} s`, figures: { [figure]: achieved, [objective]: limit } };
}

function markers(outcome: RestoreDrillOutcome, there: Marker[]): Check {
  const has = (m: Marker) => there.some((t) => t.name === m.name);
  const [before, after] = [has(outcome.markers.before), has(outcome.markers.after)];
  const explanation =
    before && !after
      ? "what was committed before the recovery target is there, what was committed after it is not"
      : !before
        ? "what was committed before the recovery target is missing"
        : "what was committed after the recovery target is there";
  return {
    name: "markers-bracket-target",
    verdict: before && !after ? "pass" : "fail",
    explanation,
    figures: {
      markerBeforeAt: outcome.markers.before.committedAt,
      markerAfterAt: outcome.markers.after.committedAt,
      markerBeforeThere: before,
      markerAfterThere: after,
    },
  };
}

function target(plan: RestoreDrillPlan, outcome: RestoreDrillOutcome, reached: RecoveryPoint): Check {
  const figures = {
    lastCommitAt: reached.lastCommitAt,
    lsn: reached.lsn,
    timeline: reached.timeline,
    targetErrorSecondsMax: plan.objectives.targetErrorSeconds,
  };
  if (reached.lastCommitAt === null)
    return { name: "last-commit-meets-target", verdict: "inconclusive", explanation: "the restored database keeps no commit timestamps", figures };
  const targetErrorSeconds = secondsBetween(reached.lastCommitAt, outcome.recoveryTarget);
  const verdict = targetErrorSeconds >= 0 && targetErrorSeconds <= plan.objectives.targetErrorSeconds ? "pass" : "fail";
  return {
    name: "last-commit-meets-target",
    verdict,
    explanation: `the last commit replayed lies ${targetErrorSeconds} s before the recovery target`,
    figures: { ...figures, targetErrorSeconds },
  };
}

function structure(report: StructureReport): Check {
  const figures = {
    relationsChecked: report.relationsChecked,
    relationsLeft: report.relationsLeft,
    bytesChecked: report.bytesChecked,
    damages: report.damages.length,
  };
  const base = { name: "heaps-and-indexes-are-sound", figures };
  if (report.damages.length) return { ...base, verdict: "fail", explanation: report.damages.map((d) => `${d.relation}: ${d.problem}`).join("; ") };
  if (!report.available) return { ...base, verdict: "inconclusive", explanation: `amcheck could not be used: ${report.unavailableReason}` };
  if (report.relationsChecked === 0) return { ...base, verdict: "inconclusive", explanation: "no heap or index was checked" };
  return {
    ...base,
    verdict: "pass",
    explanation: report.relationsLeft
      ? `all that the budget allowed: ${report.relationsLeft} relations were left unread`
      : "every heap and every B-tree index was read and is sound",
  };
}

function inventory(found: NonNullable<RestoreDrillOutcome["found"]>): Check {
  const objects = Object.values(found.restored.counts).reduce((a, b) => a + b, 0);
  const figures = { sourceDigest: found.source.digest, restoredDigest: found.restored.digest, entries: objects };
  const name = "catalog-equals-source";
  if (found.differingKinds.length === 0)
    return { name, verdict: "pass", explanation: `the catalog is that of the source, object by object (${objects} entries)`, figures };
  const kinds = found.differingKinds.join(", ");
  // Somebody migrated the source just then: which of its catalogs the target should have is not known.
  if (found.source.digest !== found.sourceAfter.digest)
    return {
      name,
      verdict: "inconclusive",
      explanation: `the source's own catalog changed while the target was bracketed, and what was restored differs in: ${kinds}; drill again`,
      figures,
    };
  return { name, verdict: "fail", explanation: `the catalog differs from the source's in: ${kinds}`, figures };
}

/** Pure: judges what the drill found. Each check names what it proves, with its figures. */
import { verdictOf, type Check, type Verdict } from "../../records";
import type { RestoreDrillOutcome } from "./outcome";
import { secondsBetween, type RestoreDrillPlan } from "./plan";
import { assertion, inventory, sequences, structure } from "./verify-content";
import { bracket, lastCommit } from "./verify-point";

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
  if (!restore) return verdictOf([]);
  const { drilled } = plan;
  const restored = drilled.to === "snapshot" ? `snapshot ${drilled.snapshot.identifier}` : recoveryTarget;
  if (restored === null) return verdictOf([]);
  if (!restore.succeeded) {
    const explanation =
      drilled.to === "snapshot"
        ? `the ${restored} could not be restored: ${restore.reason}`
        : `the backup could not be restored to ${restored}: ${restore.reason}`;
    return verdictOf([{ name: "database-recovers", verdict: "fail", explanation, figures: { recoveryTarget } }]);
  }
  if (!found || (drilled.to === "latest" && !markers)) return verdictOf([]);
  return verdictOf([
    databaseRecovers(plan, recoveryTarget),
    recoveryTime(plan, secondsBetween(restore.askedAt, restore.firstQueryAt)),
    ...(drilled.to === "snapshot" ? [] : [recoveryExposure(plan)]),
    ...(markers && recoveryTarget ? [bracket(markers, recoveryTarget, found)] : []),
    ...(recoveryTarget ? [lastCommit(plan, recoveryTarget, found)] : []),
    structure(plan, found.structure),
    inventory(found),
    sequences(found.sequences),
    ...plan.source.assertions.map(({ name }) => assertion(name, found.assertions[name])),
  ]);
}

/** Checks that a drill of this kind does not make are named here, and are not among the checks: none counts as passed. */
const notApplicable = {
  latest: {},
  time: { "markers-bracket-target": "markers are written around a target that is still to come" },
  snapshot: {
    "recovery-exposure": "a snapshot is of one moment",
    "markers-bracket-target": "markers are written around a target that is still to come",
    "last-commit-meets-target": "no moment was asked for",
  },
} as const;

function databaseRecovers({ drilled, source }: RestoreDrillPlan, recoveryTarget: string | null): Check {
  const missing = Object.entries(notApplicable[drilled.to]).map(([name, why]) => `${name} (${why})`);
  const of =
    drilled.to === "snapshot"
      ? `restored from snapshot ${drilled.snapshot.identifier} of ${drilled.snapshot.createdAt}`
      : "restored";
  return {
    name: "database-recovers",
    verdict: "pass",
    explanation:
      `the ${of} database accepts queries` + (missing.length > 0 ? `; not applicable: ${missing.join(", ")}` : ""),
    figures: {
      recoveryTarget,
      ...(drilled.to === "snapshot" && { snapshot: drilled.snapshot.arn }),
      ...(missing.length > 0 && { notApplicable: Object.keys(notApplicable[drilled.to]).join(", ") }),
      resourceId: source.resourceId,
    },
  };
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

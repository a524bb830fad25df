/**
 * Pure: which way back a patch has, and what it loses. RDS never goes back a minor: what runs can only be replaced by
 * what its backups were before it, and that is for people. What never came to run is taken back, and nothing is lost.
 */
import type { Standard } from "../../../components/standards/standard";
import { ShipshapeError } from "../../errors";
import { identityOf, targetDatabase, type PlannedChange, type TargetDatabase } from "../../fleet-records";
import { isOtherMajor } from "../../patches/obstacles";
import { canonicalJson, type PlanBasis } from "../../records";
import { planStackChange, stackChangeHolds, type ObservedStack } from "../../runner/stack-change";
import { followsStill, heldTo } from "../../tier-of";
import type { RunningVersion } from "../../version-records";
import { majorsSet } from "../database-patch/major-upgrade";
import type { DatabasePatchPlan } from "../database-patch/plan";
import { restoreInstructions, type RestoredShape, type WayBackPoint } from "./instructions";
import { evidenceValidDays } from "./limits";
import type { PatchUndoRequest } from "./request";

/** What is known of the request that has patched it. */
export interface PatchRun {
  operation: string;
  /** Of what it has carried out, or was to. */
  plan: DatabasePatchPlan | null;
  isOver: boolean;
  /** When its `up` began, with which RDS was asked for the new version; null: it never did. */
  upBeganAt: string | null;
  /** Rows that the server had changed by then, as it counts them; null: it was not asked, or did not answer. */
  rowsChangedBefore: number | null;
}

export interface ObservedUndo {
  observedAt: string;
  patch: PatchRun;
  now: RunningVersion;
  stack: ObservedStack;
  shape: RestoredShape;
  backups: { restorableFrom: string | null; latestRestorableTime: string | null };
  /** Whether the snapshot of the patch is there and can be restored. */
  hasSnapshot: boolean;
  rowsChanged: number | null;
}

/** What is written after the moment that the way back leads to is not there any more. */
export interface Loss {
  /** When it was planned; each further second is lost, too. */
  seconds: number;
  /** At most: the server also counts rows of its own catalogs. Null: it has not counted from then on. */
  rows: number | null;
}

export interface PatchUndoPlan extends PlanBasis {
  database: TargetDatabase;
  patch: string;
  from: string;
  to: string;
  /** declaration: the version is taken out of the stack again. restore: by people, from the backups. */
  way: "declaration" | "restore";
  loss: Loss;
  /** Of the way back by a restore: to where, and what people do. */
  point: WayBackPoint | null;
  instructions: string | null;
  change?: PlannedChange;
}

/** Errors: undo-impossible, and those of `planStackChange`. */
export function planUndo(
  { patch }: PatchUndoRequest,
  observed: ObservedUndo,
  requestId: string,
  standard: Standard,
): PatchUndoPlan {
  const { now, stack } = observed;
  const { plan, way } = wayBack(patch, observed);
  const { from, to } = plan;
  const basis = {
    target: now.identifier,
    database: targetDatabase(now),
    tags: now.tags,
    heldTo: heldTo(now.tags, standard),
    ...{ evidenceValidDays, patch, from, to, way },
  };
  if (way === "restore") return { ...basis, ...planRestore(observed, plan) };
  const change = planStackChange(
    {
      set: [{ path: ["engineVersion"], value: from }, ...(isOtherMajor(from, to) ? majorsSet(to, from) : [])],
      why: `PostgreSQL ${to} of request ${patch} never came to run, and is taken back: ${now.identifier} stays at ${from}.`,
      requestId,
      expected: [{ property: "EngineVersion", from, to: from }],
    },
    stack,
  );
  const text = `Nothing is lost: ${now.identifier} runs ${from}, and nothing of ${to} waits. Its stack declares ${from} again:\n\n${change.text}`;
  return { ...basis, loss: { seconds: 0, rows: 0 }, point: null, instructions: null, change, text };
}

/** Errors: undo-impossible. */
function wayBack(patch: string, { patch: run, now, shape }: ObservedUndo) {
  const { identifier, engineVersion } = now;
  const impossible = (reason: string) => new ShipshapeError("undo-impossible", { identifier, patch, reason });
  const { plan } = run;
  if (run.operation !== "database-patch") throw impossible(`it is a request for ${run.operation}`);
  if (!plan) throw impossible("it ended before it had a plan, and has changed nothing");
  const isOther = identityOf(plan.database) !== identityOf(now);
  if (isOther && plan.blueGreen)
    throw impossible(
      `a switchover has given its name to another instance, ${identityOf(now)}. The one before is kept, read-only, as \`npx shipshape patches\` shows; going back to it is for people, and loses what was written since`,
    );
  if (isOther) throw impossible(`it is about ${identityOf(plan.database)}, and that name is ${identityOf(now)}`);
  if (!run.isOver) throw impossible("it is still under way; `npx shipshape cancel` ends it");
  if (!plan.change) throw impossible(`${identifier} ran ${plan.to} already, and it has changed nothing`);
  if (engineVersion === plan.from) {
    if (now.pendingVersion !== null)
      throw impossible(
        `${now.pendingVersion} waits for the window; \`npx shipshape pending\` prints what cancels that`,
      );
    return { plan, way: "declaration" as const };
  }
  if (engineVersion !== plan.to) throw impossible(`it runs ${engineVersion} by now, by another patch`);
  if (run.upBeganAt === null) throw impossible(`it runs ${plan.to} by another hand: this request has changed nothing`);
  if (shape.replicas.length > 0)
    throw impossible(
      `it has replicas (${shape.replicas.join(", ")}), which a restore does not bring back: the way back is forward, to the next minor`,
    );
  return { plan, way: "restore" as const };
}

/** Errors: undo-impossible. */
function planRestore(observed: ObservedUndo, plan: DatabasePatchPlan) {
  const { patch, now, backups, shape, stack } = observed;
  const { from, to, snapshot } = plan;
  const { identifier } = now;
  const before = secondBefore(patch.upBeganAt!);
  const { restorableFrom, latestRestorableTime } = backups;
  const isCovered =
    restorableFrom !== null &&
    latestRestorableTime !== null &&
    Date.parse(restorableFrom) <= Date.parse(before) &&
    Date.parse(before) <= Date.parse(latestRestorableTime);
  if (!isCovered && !observed.hasSnapshot)
    throw new ShipshapeError("undo-impossible", {
      ...{ identifier, patch: plan.change?.requestId ?? "" },
      reason: `its backups reach from ${restorableFrom ?? "nowhere"} to ${latestRestorableTime ?? "nowhere"}, not to ${before}, and snapshot ${snapshot} is gone: the way back is forward, to the next minor`,
    });
  // A snapshot is older than the `up`: what was written between the two is lost, too.
  const point: WayBackPoint = isCovered ? { restoreTime: before } : { snapshot };
  const seconds = Math.max(0, Math.ceil((Date.parse(observed.observedAt) - Date.parse(before)) / 1000));
  const loss = { seconds, rows: rowsBetween(patch.rowsChangedBefore, observed.rowsChanged) };
  const instructions = restoreInstructions({
    database: targetDatabase(now),
    shape,
    point,
    from,
    to,
    stack,
    tags: now.tags,
  });
  return { loss, point, instructions, text: `${lossText(identifier, plan, loss, point)}\n\n${instructions}` };
}

function lossText(identifier: string, { from, to }: DatabasePatchPlan, { seconds, rows }: Loss, point: WayBackPoint) {
  const counted =
    rows === null ? "how many rows is not known" : `at most ${rows} rows were inserted, updated or deleted since`;
  const where = "restoreTime" in point ? `as it was at ${point.restoreTime}` : `as snapshot ${point.snapshot} has it`;
  return [
    `${identifier} runs ${to}, and RDS never goes back to ${from}. Nothing is lost on the way forward, to the next minor.`,
    `The way back is ${identifier} ${where}: ${seconds} s of writes are lost by now, and each second until it is carried out (${counted}).`,
    "Nothing of it runs unattended. Who approves this accepts that loss; people carry it out, step by step:",
  ].join("\n");
}

/** Counters that began at zero since then say nothing. */
const rowsBetween = (before: number | null, after: number | null): number | null =>
  before === null || after === null || after < before ? null : after - before;

/** RDS restores to whole seconds. */
const secondBefore = (moment: string): string =>
  new Date(Math.floor(Date.parse(moment) / 1000) * 1000 - 1000).toISOString().replace(".000Z", "Z");

/** The loss grows while people decide, and what they decide on is where the way leads. */
export const undoStillHolds = (plan: PatchUndoPlan, observed: ObservedUndo, standard: Standard): boolean => {
  if (!followsStill(plan, standard) || plan.database.resourceId !== observed.now.resourceId) return false;
  if (canonicalJson(plan.tags) !== canonicalJson(observed.now.tags)) return false;
  const runs = plan.way === "declaration" ? plan.from : plan.to;
  if (observed.now.engineVersion !== runs || observed.now.pendingVersion !== null) return false;
  return plan.change === undefined || stackChangeHolds(plan.change, observed.stack);
};

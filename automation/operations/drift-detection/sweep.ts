/** A sweep: a child request for each database, a bounded number of them at once, and what they have sealed. */
import { createHash } from "node:crypto";
import type { Standard } from "../../../components/standards/standard";
import { canonicalJson } from "../../records";
import type { SealedRun } from "../../sealed-records";
import type { Operation, RunStep } from "../../runner/operation";
import type { FleetSteps } from "./fleet-steps";
import { childEndSecondsMax, childrenAtOnceMax, fleetStep, queryStep } from "./limits";
import { driftDetectionDescription, type DriftDetectionRequest } from "./request";
import { comparedInSweep } from "./sweep-compared";
import { childInput, keyOf, planSweep, type ObservedFleet, type SweepPlan, type SweptDatabase } from "./sweep-plan";
import { verifySweep, type SweepOutcome, type SweptRow } from "./sweep-verify";

/** A drift detection of several databases. What has appeared since it was planned is in the next one. */
export const fleetDetection = (
  steps: FleetSteps,
  standard: Standard,
): Operation<DriftDetectionRequest, ObservedFleet, SweepPlan, SweepOutcome> => ({
  ...driftDetectionDescription,
  observe: (_, step) => step("look at the fleet", fleetStep, () => steps.observe()),
  plan: (request, observed) => planSweep(request, observed, standard),
  stillHolds: () => true,
  run: (plan, step) => sweep(plan, step, steps),
  verify: verifySweep,
  compared: comparedInSweep,
});

async function sweep(
  { sweep: planned }: SweepPlan,
  step: RunStep,
  { sealed, judged }: Pick<FleetSteps, "sealed" | "judged">,
): Promise<SweepOutcome> {
  const { databases } = planned;
  const requestIds: string[] = [];
  let ended = 0;
  while (ended < databases.length) {
    while (requestIds.length < databases.length && requestIds.length - ended < childrenAtOnceMax) {
      const one = databases[requestIds.length]!;
      requestIds.push(await step.keyed(keyOf(one)).child("drift-detection", childInput(planned, one)));
    }
    const end = await step.keyed(`${ended + 1} of ${databases.length}`).childEnd(childEndSecondsMax);
    if (!end) break; // none has ended for hours: what is known is sealed
    ended++;
  }
  const left = await step("read what they have sealed", queryStep, () => sealed(requestIds));
  const rows = rowsOf(databases, requestIds, left);
  const digest = createHash("sha256").update(canonicalJson(rows)).digest("hex");
  if (planned.unmanaged.length === 0) return { rows, digest, unmanaged: [] };
  const unmanaged = await step("judge what no stack declares", fleetStep, () => judged(planned.unmanaged));
  return { rows, digest, unmanaged };
}

function rowsOf(databases: SweptDatabase[], requestIds: string[], left: SealedRun[]): SweptRow[] {
  const byRequest = new Map(left.map((one) => [one.requestId, one]));
  return databases.map(({ identifier, account, region, resourceId }, at) => {
    const requestId = requestIds[at] ?? null;
    const known = requestId === null ? undefined : byRequest.get(requestId);
    const { status = null, verdict = null, evidence = null } = known ?? {};
    const reason = requestId === null ? "no other had ended for hours before its turn" : (known?.reason ?? null);
    return { identifier, account, region, resourceId, requestId, status, verdict, evidence, reason };
  });
}

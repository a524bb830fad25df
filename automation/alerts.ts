/**
 * What people are told, from what several stages know: findings as they open, and what expires. The alerts are sent by
 * workers, apart from the sweep: an endpoint that answers slowly must not hold up anything else.
 */
import type { ControlPlaneDatabase, Database } from "./database";
import type { AlertKind } from "./observability/alert";
import { expiries, type Expiring, type WaitingPlan } from "./observability/expiries";
import { addDestinations, failAbandoned, lookDone, notify, takeLook } from "./observability/notifications";
import { sendDue } from "./observability/sender";
import { readDecision } from "./policy/decisions";
import type { AlertDestination } from "./alert-records";
import { openFinding } from "./review/findings";
import { keepDoing } from "./runner/keep-doing";
import { runsAwaitingApproval } from "./runner/run-lists";
import { readRun } from "./runner/runs";
import { alertPollMilliseconds, expiryLookRetrySeconds, expiryLookSeconds, waitingPlansMax } from "./limits";

/** What a worker needs to tell people something. */
export interface Alerting {
  destinations: readonly AlertDestination[];
  /** What the worker can know of everything that expires. */
  expiring(): Promise<Pick<Expiring, "fleet" | "ownerTag" | "recoveries" | "waivers">>;
}

/**
 * What a human must answer: one finding for a run's verdict, and one for its clean-up; both are told when they open. One
 * that lasts has a name of its own: no later pass closes it.
 */
export async function raiseFinding(
  transaction: Database,
  requestId: string,
  kind: Extract<AlertKind, `${"verdict" | "run" | "clean-up" | "throwaway" | "change"}-${string}`>,
  summary: string,
  { lasts = false } = {},
): Promise<void> {
  const { target = "", operation, plan } = await readRun(transaction, requestId);
  const about = kind === "clean-up-stuck" || kind === "throwaway-outlived" ? "clean-up" : "verdict";
  const id = `${requestId}.${lasts ? "lasting" : about}`;
  const opened = await openFinding(transaction, { id, requestId, target, summary });
  await notify(transaction, {
    kind,
    subject: `${id} ${opened}`,
    database: target,
    owner: plan?.heldTo?.owner ?? undefined,
    what: `${operation}: ${summary}`,
    command: about === "verdict" ? `npx shipshape show ${requestId}` : `npx shipshape clean-up ${requestId} --work`,
    requestId,
  });
}

/** From now on these destinations are told what happens. Before anything happens, so that none of it is missed. */
export const addOwnDestinations = (database: Database, { destinations }: Pick<Alerting, "destinations">) =>
  addDestinations(
    database,
    destinations.map(({ name }) => name),
  );

/** Sends alerts and looks for what expires, until it is stopped; then it sends once more what is due. */
export function startAlerts(database: ControlPlaneDatabase, alerting: Alerting): { stop(): Promise<void> } {
  const { destinations } = alerting;
  let seenAt = performance.now();
  const loop = keepDoing("sending of alerts", alertPollMilliseconds, async () => {
    if (performance.now() - seenAt > expiryLookSeconds * 1000) {
      await addOwnDestinations(database, alerting);
      seenAt = performance.now();
    }
    if (await takeLook(database, expiryLookSeconds, expiryLookRetrySeconds)) {
      await tellExpiries(database, alerting);
      await lookDone(database);
    }
    await sendDue(database, destinations);
  });
  return {
    stop: async () => {
      await loop.stop();
      await sendDue(database, destinations).catch(() => undefined); // the next worker sends it
    },
  };
}

/** Tells what is about to expire, or has; what was told before is not told again. */
export async function tellExpiries(
  database: Database,
  { expiring }: Pick<Alerting, "expiring">,
  now = new Date(),
): Promise<void> {
  await failAbandoned(database);
  const known = { ...(await expiring()), waiting: await waitingPlans(database), now };
  for (const fact of expiries(known)) await database.transaction((transaction) => notify(transaction, fact));
}

async function waitingPlans(database: Database): Promise<WaitingPlan[]> {
  const runs = await runsAwaitingApproval(database, waitingPlansMax);
  const plans = await Promise.all(
    runs.map(async ({ requestId, preparation, operation, target = "", plan }) => {
      const decision = await readDecision(database, requestId, preparation);
      const known = { requestId, preparation, operation, target, owner: plan?.heldTo?.owner ?? undefined };
      return decision?.expiresAt ? [{ ...known, expiresAt: decision.expiresAt }] : [];
    }),
  );
  return plans.flat();
}

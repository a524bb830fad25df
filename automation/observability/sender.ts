/**
 * Sends what is due, one alert after the other for each destination. A worker that is killed between sending and
 * recording sends the same alert again, or another worker does: at least once, and the alert's key says that it is the
 * same.
 */
import type { Database } from "../database";
import type { AlertAnswer, AlertDestination } from "../alert-records";
import { alertPassSeconds, alertRefusalsMax, alertRetryDays, alertWaitSecondsMax, alertWaitSecondsMin } from "./limits";
import { destinationsDue, recordAttempt, takeDelivery, type Delivery } from "./notifications";

/** One pass over the destinations; a dead one does not hold up the others. */
export async function sendDue(database: Database, destinations: readonly AlertDestination[]): Promise<void> {
  const due = await destinationsDue(
    database,
    destinations.map(({ name }) => name),
  );
  await Promise.all(destinations.filter(({ name }) => due.has(name)).map((one) => sendAll(database, one)));
}

/** Until nothing is due, another worker is sending, the endpoint does not accept, or the pass has taken long. */
async function sendAll(database: Database, destination: AlertDestination): Promise<void> {
  const endsAt = performance.now() + alertPassSeconds * 1000;
  while ((await sendNext(database, destination)) && performance.now() < endsAt);
}

/** True if the next one may be sent at once. */
function sendNext(database: Database, { name, send }: AlertDestination): Promise<boolean> {
  return database.transaction(async (transaction) => {
    const delivery = await takeDelivery(transaction, name);
    if (!delivery) return false;
    const result = resultOf(delivery, await send(delivery.alert));
    await recordAttempt(transaction, name, delivery.id, result);
    return result.status !== "waiting";
  });
}

/** Pure: what follows from an answer. */
export function resultOf({ attempts, ageDays }: Pick<Delivery, "attempts" | "ageDays">, answer: AlertAnswer) {
  const { accepted, said: reason, isRefusal = false, waitSeconds: asked = 0 } = answer;
  if (accepted) return { status: "sent", reason } as const;
  if (ageDays >= alertRetryDays || (isRefusal && attempts + 1 >= alertRefusalsMax))
    return { status: "failed", reason } as const;
  const grown = alertWaitSecondsMin * 2 ** Math.min(attempts, 20);
  return { status: "waiting", reason, waitSeconds: Math.min(alertWaitSecondsMax, Math.max(grown, asked)) } as const;
}

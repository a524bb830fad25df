/** Which runs may begin: what the stages do when one asks for a place, and when places become free. */
import type pg from "pg";
import type { Database } from "./database";
import { accessInForce } from "./policy/access";
import type { PlanBasis } from "./records";
import { readRequest } from "./request/requests";
import type { DurableClient } from "./runner/durable";
import { placesFilledMax } from "./runner/limits";
import { areHeld, fillPlace, ownIdentity, takePlace, type Bounds } from "./runner/places";
import { readRun } from "./runner/runs";

/** Enqueues a run that may begin, or holds it until it has a place. Comes last in its transaction. */
export async function beginRun(
  transaction: Database,
  connection: pg.ClientBase,
  durable: DurableClient,
  request: { id: string; operation: string; version: number },
  { preparation, plan }: { preparation: number; plan: PlanBasis | undefined },
  bounds: Bounds,
): Promise<void> {
  const { id: requestId, operation } = request;
  const place = await takePlace(transaction, { requestId, operation, plan }, bounds);
  if (place === "taken") await durable.enqueueRun(connection, request, preparation, ownIdentity(plan));
  if (place === "behind") await fillPlaces(transaction, connection, durable, bounds);
}

/** Enqueues the oldest runs that are held and have a place now. Comes last in its transaction. */
export async function fillPlaces(
  transaction: Database,
  connection: pg.ClientBase,
  durable: DurableClient,
  known?: Bounds,
): Promise<void> {
  if (!(await areHeld(transaction))) return;
  const bounds = known ?? (await accessInForce(transaction))?.limits ?? {};
  for (let filled = 0; filled < placesFilledMax; filled++) {
    const id = await fillPlace(transaction, bounds);
    if (id === undefined) return;
    const { preparation, plan } = await readRun(transaction, id);
    await durable.enqueueRun(connection, await readRequest(transaction, id), preparation, ownIdentity(plan));
  }
}

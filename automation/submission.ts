/** How a request enters the control plane: it is stored, and its preparation queued, or neither. */
import type { Database } from "./database";
import { submitRequest } from "./request/requests";
import type { DurableClient } from "./runner/durable";
import type { AnyOperation } from "./runner/operation";
import { queueRun } from "./runner/runs";

/** Of an input that was checked (`validInput`). Resolves to the request's id. Joins the caller's transaction. */
export function submitInto(
  into: Database,
  durable: DurableClient,
  { name: operation, version }: Pick<AnyOperation, "name" | "version">,
  request: Omit<Parameters<typeof submitRequest>[1], "operation" | "version">,
): Promise<string> {
  return submitRequest(into, { operation, version, ...request }, async (transaction, connection, id) => {
    await queueRun(transaction, id);
    await durable.enqueuePreparation(connection, { id, operation, version }, 1);
  });
}

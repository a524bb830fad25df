/**
 * The request stage: checks a request against its operation's schema and stores it with its workflow in one
 * transaction.
 */
import { randomBytes } from "node:crypto";
import type pg from "pg";
import type { Database } from "../database";
import { ShipshapeError } from "../errors";
import { reasonCharactersMax } from "./limits";
import type { OperationRequest } from "../records";

export interface RequestToSubmit {
  operation: string;
  version: number;
  input: unknown;
  requestedBy: string;
  reason: string;
}

/** A request's id: sortable by time, short enough to type, and valid in cloud resource names (lower case, digits). */
export function newRequestId(now: Date = new Date()): string {
  return `${now.toISOString().slice(0, 19).replace(/\D/g, "").slice(2)}-${randomBytes(4).toString("hex")}`;
}

/** What is wrong with a reason. It is sealed verbatim, so it has to say something. */
export function reasonProblems(reason: string): string[] {
  // Letters that render as nothing do not count: Hangul fillers, the Braille blank.
  if (!/[^\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]/u.test(reason))
    return ["reason: say why; the evidence quotes it"];
  return reason.length > reasonCharactersMax
    ? [`reason: ${reason.length} characters; the limit is ${reasonCharactersMax}`]
    : [];
}

/** Stores the request; `enqueue` joins the transaction, so that a request without its workflow cannot exist. */
export async function submitRequest(
  database: Database,
  r: RequestToSubmit,
  enqueue: (transaction: Database, connection: pg.ClientBase, requestId: string) => Promise<void>,
): Promise<string> {
  const id = newRequestId();
  await database.transaction(async (t, client) => {
    await t.query(
      "insert into request (id, operation, version, input, requested_by, reason) values ($1, $2, $3, $4, $5, $6)",
      [id, r.operation, r.version, JSON.stringify(r.input), r.requestedBy, r.reason],
    );
    await enqueue(t, client, id);
  });
  return id;
}

export async function readRequest(database: Database, id: string): Promise<OperationRequest> {
  const [row] = await database.query<{
    id: string;
    operation: string;
    version: number;
    input: unknown;
    requested_by: string;
    reason: string;
    received_at: Date;
  }>("select * from request where id = $1", [id]);
  if (!row) throw new ShipshapeError("request-unknown", { id });
  return {
    id: row.id,
    operation: row.operation,
    version: row.version,
    input: row.input,
    requestedBy: row.requested_by,
    reason: row.reason,
    receivedAt: row.received_at,
  };
}

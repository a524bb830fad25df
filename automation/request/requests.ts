/**
 * The request stage: checks a request against its operation's schema and stores it with its workflow in one
 * transaction.
 */
import { createHash, randomBytes } from "node:crypto";
import type pg from "pg";
import type { ZodType } from "zod";
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
  /** Of a child: its id derives from its parent's, so that it is requested once. */
  child?: { id: string; parent: string };
}

/** A child's id: the same whenever the same run asks for it. With 12 digits 10,000 children of one have different ids. */
export const childRequestId = (parent: string, operation: string, key: string): string =>
  `${parent.slice(0, 12)}-${createHash("sha256")
    .update(JSON.stringify([parent, operation, key]))
    .digest("hex")
    .slice(0, 12)}`;

/** A request's id: sortable by time, short enough to type, and valid in cloud resource names (lower case, digits). */
export function newRequestId(now: Date = new Date()): string {
  return `${now.toISOString().slice(0, 19).replace(/\D/g, "").slice(2)}-${randomBytes(4).toString("hex")}`;
}

/** What is wrong with a reason, or a comment. It is kept verbatim, so it has to say something. */
export function reasonProblems(text: string, field = "reason"): string[] {
  // Letters that render as nothing do not count: Hangul fillers, the Braille blank.
  if (!/[^\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]/u.test(text))
    return [`${field}: say why; it is kept with your name`];
  return text.length > reasonCharactersMax
    ? [`${field}: ${text.length} characters; the limit is ${reasonCharactersMax}`]
    : [];
}

/** Of an answer to a plan or to a finding. Errors: comment-invalid. */
export function requireComment(comment: string): void {
  const [problem] = reasonProblems(comment, "comment");
  if (problem !== undefined) throw new ShipshapeError("comment-invalid", { problem });
}

/** The input as the operation's schema has it. Errors: request-invalid. */
export function validInput(
  { name, request: schema }: { name: string; request: ZodType },
  input: unknown,
  reason: string,
): unknown {
  const checked = schema.safeParse(input);
  const problems = [
    ...(checked.error?.issues.map((i) => `${i.path.join(".")}: ${i.message}`) ?? []),
    ...reasonProblems(reason),
  ];
  if (!checked.success || problems.length > 0)
    throw new ShipshapeError("request-invalid", { operation: name, problems: problems.join("; ") });
  return checked.data;
}

/** Stores the request; `enqueue` joins the transaction, so that a request without its workflow cannot exist. */
export async function submitRequest(
  database: Database,
  r: RequestToSubmit,
  enqueue: (transaction: Database, connection: pg.ClientBase, requestId: string) => Promise<void>,
): Promise<string> {
  const id = r.child?.id ?? newRequestId();
  await database.transaction(async (t, client) => {
    await t.query(
      "insert into request (id, operation, version, input, requested_by, reason, parent_id) values ($1, $2, $3, $4, $5, $6, $7)",
      [id, r.operation, r.version, JSON.stringify(r.input), r.requestedBy, r.reason, r.child?.parent ?? null],
    );
    await enqueue(t, client, id);
  });
  return id;
}

/** Errors: request-unknown. */
export async function readRequest(database: Database, id: string): Promise<OperationRequest> {
  const found = await findRequest(database, id);
  if (!found) throw new ShipshapeError("request-unknown", { id });
  return found;
}

export async function findRequest(database: Database, id: string): Promise<OperationRequest | undefined> {
  const [row] = await database.query<{
    id: string;
    operation: string;
    version: number;
    input: unknown;
    requested_by: string;
    reason: string;
    received_at: Date;
    parent_id: string | null;
  }>("select * from request where id = $1", [id]);
  if (!row) return undefined;
  return {
    id: row.id,
    operation: row.operation,
    version: row.version,
    input: row.input,
    requestedBy: row.requested_by,
    reason: row.reason,
    receivedAt: row.received_at,
    ...(row.parent_id !== null && { parent: row.parent_id }),
  };
}

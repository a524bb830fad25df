/**
 * What the end of a run opens and closes: a finding for its verdict, or, of an operation that compares, one for each
 * difference of its database. People are told of what is new and critical, once, and of its end.
 */
import { raiseFinding } from "./alerts";
import type { Database } from "./database";
import {
  notCompared,
  type ComparedDatabase,
  type Comparison,
  type FoundDifference,
  type LookedAt,
} from "./difference-records";
import { describeError } from "./errors";
import { notify } from "./observability/notifications";
import type { Conclusion, OperationRequest, Run } from "./records";
import { closeNamed, closeOthers, markTold, recordComparison, type ChangedDifference } from "./review/differences";
import { closeVerdictsOf } from "./review/findings";
import type { AnyOperation } from "./runner/operation";

/** In the transaction that ends the run. */
export async function concludeFindings(
  transaction: Database,
  { operation, request, run }: { operation: AnyOperation; request: OperationRequest; run: Run },
  c: Conclusion,
): Promise<void> {
  const comparison = comparisonBy(operation, request, run, c);
  const look = { requestId: run.requestId, startedAt: run.startedAt ?? request.receivedAt };
  for (const one of comparison?.databases ?? []) await keepDifferences(transaction, look, one);
  if (comparison?.present)
    for (const closed of await closeOthers(transaction, look, comparison.present))
      await tell(transaction, { ...look, target: closed.target, owner: closed.difference.owner }, closed);
  // The newest look at several databases says what is so: those before it have nothing left to answer.
  const isAnswer = c.verdict.verdict === "pass" || comparison?.isTold || (comparison && !run.plan?.database);
  if (c.status === "succeeded" && isAnswer) await closeVerdictsOf(transaction, run);
  if (c.verdict.verdict !== "pass" && !comparison?.isTold)
    await raiseFinding(transaction, run.requestId, ...findingOf(c), {
      lasts: c.status === "succeeded" && (operation.outlasts?.(run.plan, c.outcome) ?? false),
    });
}

/** Undefined if the operation does not compare, or the run says nothing of a database. */
function comparisonBy(
  operation: AnyOperation,
  { input }: OperationRequest,
  { plan }: Run,
  c: Conclusion,
): Comparison | undefined {
  if (!operation.compared || c.status === "cancelled") return undefined;
  if (c.status === "succeeded") return operation.compared(plan, c.outcome);
  const database = plan ? plan.database : named(input);
  // That a change was refused, or failed, says nothing of what is there.
  if (operation.effect !== "reads" || !database) return undefined;
  const owner = plan?.heldTo?.owner ?? null;
  const { message } = describeError(c.error);
  const differences = [notCompared({ identifier: database.identifier, owner }, message)];
  return { databases: [{ database, owner, differences, sources: [], unread: [] }], isTold: true };
}

/** What was asked for, where nothing was found; undefined if that was no one database. */
function named(input: unknown): LookedAt | undefined {
  const { database, account, region } = input as { database?: string; account?: string; region?: string };
  return database === undefined
    ? undefined
    : { identifier: database, ...(account && { account }), ...(region && { region }) };
}

async function keepDifferences(
  transaction: Database,
  look: { requestId: string; startedAt: Date },
  { database, owner, ...compared }: ComparedDatabase,
): Promise<void> {
  const { requestId } = look;
  const about = { requestId, target: database.identifier, owner };
  const changed = await recordComparison(transaction, { ...look, ...about, database, compared });
  const isFound = "resourceId" in database && compared.sources.length > 0;
  const answered = isFound ? await closeNamed(transaction, { requestId, database }) : [];
  for (const one of [...changed, ...answered]) await tell(transaction, about, one);
}

/** Once for each opening: of what is critical, or becomes so, and of a database that cannot be compared at all. */
async function tell(
  transaction: Database,
  { requestId, target, owner }: { requestId: string; target: string; owner: string | null },
  { id, after, difference, opened, toldOpening }: ChangedDifference,
): Promise<void> {
  const isTold = toldOpening === opened;
  const isGone = after === "closed" || after === "gone";
  const about = { subject: `${id} ${opened}`, database: target, owner: owner ?? undefined, requestId };
  if (isGone && isTold)
    await notify(transaction, {
      ...{ ...about, kind: "difference-gone", command: `npx shipshape show ${requestId}` },
      what: `${difference.name}: request ${requestId} no longer found it`,
    });
  const isCurrent = after === "opened" || after === "changed" || after === "seen";
  if (!isCurrent || isTold || !isUrgent(difference)) return;
  await notify(transaction, {
    ...{ ...about, kind: difference.class === "unreadable" ? "database-unreadable" : "difference-critical" },
    what: `${difference.name}: declared ${difference.desired}, actual ${difference.actual}; ${difference.reason}`,
    command: `npx shipshape drift --database ${target}`,
  });
  await markTold(transaction, { id, opened });
}

const isUrgent = ({ class: kind, severity, source, waivedBy }: FoundDifference): boolean =>
  waivedBy === null && (severity === "critical" || (kind === "unreadable" && source !== "resources"));

function findingOf(c: Conclusion): ["verdict-fail" | "verdict-inconclusive" | "run-failed", string] {
  if (c.status !== "succeeded") return ["run-failed", describeError(c.error).message];
  const failed = c.verdict.checks.filter((check) => check.verdict !== "pass");
  const kind = c.verdict.verdict === "fail" ? "verdict-fail" : "verdict-inconclusive";
  return [kind, failed.map((check) => `${check.name}: ${check.explanation}`).join("; ")];
}

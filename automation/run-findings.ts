/**
 * What the end of a run opens and closes: a finding for its verdict, or, of an operation that compares, one for each
 * difference of its database. People are told of what is new and critical, once, and of its end.
 */
import { raiseFinding } from "./alerts";
import type { Database } from "./database";
import type { Compared, FoundDifference, LookedAt } from "./difference-records";
import { describeError } from "./errors";
import { notify } from "./observability/notifications";
import type { Conclusion, OperationRequest, Run } from "./records";
import { closeNamed, markTold, recordComparison, type ChangedDifference } from "./review/differences";
import { closeVerdictsOf } from "./review/findings";
import type { AnyOperation } from "./runner/operation";

/** In the transaction that ends the run. */
export async function concludeFindings(
  transaction: Database,
  { operation, request, run }: { operation: AnyOperation; request: OperationRequest; run: Run },
  c: Conclusion,
): Promise<void> {
  const compared = comparedBy(operation, run, c);
  if (compared) await keepDifferences(transaction, request, run, compared);
  const { verdict } = c.verdict;
  // What differs, or that nothing could be compared, has its own findings.
  const isTold = compared !== undefined && (compared.differences.length > 0 || isOfSeveral(run));
  if (verdict === "pass" || (isTold && c.status === "succeeded")) await closeVerdictsOf(transaction, run);
  else if (!isTold) await raiseFinding(transaction, run.requestId, ...findingOf(c));
}

/** Its databases are those of its children, which have the findings. */
const isOfSeveral = ({ plan }: Run): boolean => plan !== undefined && plan.database === undefined;

/** Undefined if the operation does not compare, or the run says nothing of a database. */
function comparedBy(operation: AnyOperation, run: Run, c: Conclusion): Compared | undefined {
  if (!operation.compared) return undefined;
  if (c.status === "cancelled") return undefined;
  if (isOfSeveral(run)) return c.status === "succeeded" ? { differences: [], sources: [], unread: [] } : undefined;
  if (c.status === "succeeded") return operation.compared(run.plan, c.outcome);
  // That a change was refused, or failed, says nothing of what is there.
  if (operation.effect !== "reads") return undefined;
  return { differences: [unreadable(run, describeError(c.error).message)], sources: [], unread: [] };
}

/** Whatever prevented the look: that a database is not looked at is a finding of its own. */
const unreadable = ({ target = "", plan }: Run, reason: string): FoundDifference => ({
  ...{ key: "run", source: "run", place: `database ${target}`, name: target, property: null },
  ...{ desired: "compared", actual: "could not be read", class: "unreadable", severity: "high", reason },
  ...{ breaks: [], controls: [], changedBy: null, waivedBy: null, owner: plan?.heldTo?.owner ?? null },
  remedy: "fix what the reason names; the next detection closes this",
});

async function keepDifferences(
  transaction: Database,
  request: OperationRequest,
  run: Run,
  compared: Compared,
): Promise<void> {
  const { requestId, target = "", plan } = run;
  const { database } = plan ?? {};
  if (plan && !database) return;
  const look = {
    ...{ requestId, target, owner: plan?.heldTo?.owner ?? null, database: database ?? named(request), compared },
    startedAt: run.startedAt ?? request.receivedAt,
  };
  const changed = await recordComparison(transaction, look);
  const answered =
    database && compared.sources.length > 0 ? await closeNamed(transaction, { requestId, database }) : [];
  for (const one of [...changed, ...answered]) await tell(transaction, look, one);
}

/** What was asked for, where nothing was found. */
function named({ input }: OperationRequest): LookedAt {
  const { database = "", account, region } = input as { database?: string; account?: string; region?: string };
  return { identifier: database, ...(account && { account }), ...(region && { region }) };
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
    command: `npx shipshape show ${requestId}`,
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

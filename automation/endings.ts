/** What follows from the end of a run, in its transaction. */
import type { Database } from "./database";
import { ShipshapeError } from "./errors";
import { wakeRun } from "./runner/durable";
import { tellParent } from "./runner/messages";
import { endRun, unfinishedChildren, type RunEnd, type UnfinishedRun } from "./runner/runs";

/** Undefined if it has ended already, or is not as it was found; otherwise the children that were cancelled with it. */
export async function runEnds(
  transaction: Database,
  requestId: string,
  end: RunEnd,
  only?: Pick<UnfinishedRun, "status" | "preparation">,
): Promise<UnfinishedRun[] | undefined> {
  const ended = await endRun(transaction, requestId, end, only);
  if (!ended) return undefined;
  if (ended.parent !== null) {
    await tellParent(transaction, ended.parent, requestId);
    await wakeRun(transaction, ended.parent);
  }
  if (end.status !== "cancelled") return [];
  await wakeRun(transaction, requestId);
  const children = await unfinishedChildren(transaction, requestId);
  for (const child of children) {
    const error = new ShipshapeError("run-cancelled", {
      id: child.requestId,
      by: `the end of its parent ${requestId}`,
    });
    await runEnds(transaction, child.requestId, { status: "cancelled", error });
  }
  return children;
}

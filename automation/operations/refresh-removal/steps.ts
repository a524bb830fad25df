/** The effects of a removal. */
import type { DBInstance } from "@aws-sdk/client-rds";
import { copyTagKeys } from "../../../components/standards/fixed";
import { ShipshapeError } from "../../errors";
import { copyStack, type TargetDatabase } from "../../fleet-records";
import { cloudPause, poll } from "../../poll";
import { awsClients } from "../../targets/aws-access";
import { findDatabase, isInFlight } from "../../targets/database-instance";
import { manualSnapshotsOf } from "../../targets/database-snapshot";
import { requireSameDatabase, tagsOf } from "../../targets/database-login";
import { accessTo } from "../../targets/locations";
import { observeCopy } from "../copy-look";
import { requestOfSnapshot } from "../environment-refresh/earlier-copy";
import type { OperationContext } from "../operation-context";
import { deleteOnce, proveGone } from "../proven-gone";
import { copiesMadeSeconds } from "./limits";
import type { ObservedCopy, RefreshRemovalPlan } from "./plan";
import type { RefreshRemovalRequest } from "./request";
import { settledProgram } from "../settled-program";
import { emptyingSteps } from "./emptying-steps";
import type { RemovalOutcome } from "./verify";

export type RefreshRemovalSteps = ReturnType<typeof refreshRemovalSteps>;

export function refreshRemovalSteps(s: OperationContext) {
  const team = emptyingSteps(s);
  const clientsOf = ({ database }: RefreshRemovalPlan) => awsClients(accessTo(s.access, database));

  /** Another database may have the name by now: it is left alone. */
  async function findCopy(plan: RefreshRemovalPlan): Promise<DBInstance | undefined> {
    const found = await findDatabase(clientsOf(plan), plan.database.identifier);
    if (found) requireSameDatabase(plan.database.identifier, found.DbiResourceId, plan.database.resourceId);
    return found;
  }
  /** Errors: removal-moved. */
  async function requirePlannedEnd(plan: RefreshRemovalPlan): Promise<void> {
    const { identifier } = plan.database;
    const found = await findCopy(plan);
    const end = found && tagsOf(found)[copyTagKeys.expiresOn];
    const planned = plan.removes?.expiresOn ?? "";
    if (end !== undefined && end !== planned) throw new ShipshapeError("removal-moved", { identifier, end, planned });
  }
  const settled = (plan: RefreshRemovalPlan, signal: AbortSignal) =>
    poll({ every: cloudPause, signal }, async () => {
      const found = await findCopy(plan);
      return found && isInFlight(found.DBInstanceStatus ?? "") ? undefined : true;
    });

  /**
   * A refresh that makes another copy of it has a snapshot of it until it is over: with that, it would not be gone.
   * Errors: removal-waits.
   */
  async function untilCopiesAreMade(plan: RefreshRemovalPlan, signal: AbortSignal): Promise<void> {
    const { identifier, resourceId } = plan.database;
    let requestId: string | undefined;
    await poll({ every: cloudPause, seconds: copiesMadeSeconds, signal }, async () => {
      const snapshots = await manualSnapshotsOf(clientsOf(plan), resourceId);
      [requestId] = snapshots.flatMap((name) => requestOfSnapshot(name) ?? []);
      return requestId === undefined || undefined;
    });
    if (requestId !== undefined) throw new ShipshapeError("removal-waits", { identifier, requestId });
  }

  return {
    async observe(asked: RefreshRemovalRequest): Promise<ObservedCopy> {
      const { database: identifier } = asked;
      const no = (problem: string) => new ShipshapeError("removal-no-copy", { identifier, problem });
      const emptied = await team.observe(asked, no);
      if (emptied) return emptied;
      const { copy, isProtected } = await observeCopy(s, asked, no);
      if (isProtected)
        throw no("it is protected, as the standard says of its tier: set `retire: true` in its stack first");
      return copy;
    },

    changes: team.changes,
    programFor: (database: TargetDatabase) => settledProgram(s, database),
    empty: team.empty,
    proveEmptied: team.proveEmptied,

    /** Errors: removal-moved, if it was extended after this was planned: then it stays whole; removal-waits. */
    async remove(plan: RefreshRemovalPlan, signal: AbortSignal): Promise<void> {
      const { stack: stackName, secretsProvider } = plan.copy;
      const { identifier } = plan.database;
      // The stack of a team is never destroyed.
      if (plan.copy.team || stackName !== copyStack(identifier))
        throw new ShipshapeError("removal-no-copy", { identifier, problem: `${stackName} is the stack of a team` });
      await requirePlannedEnd(plan);
      await untilCopiesAreMade(plan, signal);
      const { removeStack } = await import("../../runner/pulumi-stack");
      const settleCloud = async (during: AbortSignal) => {
        await settled(plan, during);
        // Again once nothing else has the stack: an extension may have had it.
        await requirePlannedEnd(plan);
        return new Map<string, string>();
      };
      await removeStack(s.stacks, { stackName, secretsProvider: secretsProvider ?? undefined, settleCloud }, signal);
      await deleteOnce(clientsOf(plan), await findCopy(plan));
      await settled(plan, signal);
      // One may have begun meanwhile.
      await untilCopiesAreMade(plan, signal);
    },

    /** Its data is in no instance, snapshot or retained backup. Errors: removal-left. */
    proveGone(plan: RefreshRemovalPlan): Promise<RemovalOutcome["gone"]> {
      const { identifier, resourceId } = plan.database;
      return proveGone(
        { clients: clientsOf(plan), stacks: s.stacks },
        { identifier, resourceId, stack: plan.copy.stack },
        (left) => new ShipshapeError("removal-left", { identifier, left }),
      );
    },
  };
}

/** The effects of a retirement: each safe to repeat after an interruption. */
import { identityOf, targetDatabase, type TargetDatabase } from "../../fleet-records";
import type { RecoveryEvidence } from "../../records";
import { askBackend } from "../../runner/backend-stacks";
import { markRetired, replacedOf } from "../../runner/replaced-instances";
import { awsClients, type AwsClients } from "../../targets/aws-access";
import { findDatabase, findSnapshot, targetOf } from "../../targets/database-instance";
import { describeDatabase, requireSameDatabase, tagsOf } from "../../targets/database-login";
import { askFleet } from "../../targets/fleet";
import { accessTo, locate } from "../../targets/locations";
import { deleteWithSnapshot, liftDeletionProtection } from "../../targets/replaced-instance";
import type { OperationContext } from "../operation-context";
import type { ObservedReplaced, RetirePlan } from "./plan";
import type { RetireRequest } from "./request";

export type RetireSteps = ReturnType<typeof retireSteps>;

/** What is there afterwards. */
export interface FoundRetired {
  /** Of the instance; "gone". */
  status: string;
  /** Of the last snapshot; "gone". */
  snapshot: string;
  successor: string;
}

export function retireSteps(s: OperationContext) {
  const clientsFor = (database: TargetDatabase) => awsClients(accessTo(s.access, database));
  /** Undefined: it is gone already. Errors: database-replaced. */
  const same = async ({ database }: RetirePlan) => {
    const found = await findDatabase(clientsFor(database), database.identifier);
    if (found) requireSameDatabase(database.identifier, found.DbiResourceId, database.resourceId);
    return found;
  };

  return {
    /** Errors: database-unknown. */
    async observe(asked: RetireRequest): Promise<ObservedReplaced> {
      const clients = awsClients(await locate(s.access, asked));
      const instance = await describeDatabase(clients, asked.database);
      const database = targetOf(instance);
      const tags = tagsOf(instance);
      const replaced = (await replacedOf(s.database))({ ...database, tags });
      return {
        ...{ database, tags, status: instance.DBInstanceStatus ?? "", engineVersion: instance.EngineVersion ?? "" },
        replacedBy: replaced?.requestId ?? null,
        successor: replaced ? await successorOf(clients, replaced.successor) : null,
        declaredBy: await declaring(database),
      };
    },

    liftProtection: async (plan: RetirePlan, signal: AbortSignal): Promise<void> => {
      if (await same(plan)) await liftDeletionProtection(clientsFor(plan.database), plan.database.identifier, signal);
    },

    /** Until it is gone. Errors: database-replaced. */
    remove: async (plan: RetirePlan, signal: AbortSignal): Promise<void> => {
      const { database, snapshot } = plan;
      if (await same(plan)) await deleteWithSnapshot(clientsFor(database), database.identifier, snapshot, signal);
    },

    async prove({ database, successor, snapshot }: RetirePlan): Promise<FoundRetired> {
      const clients = clientsFor(database);
      const [left, last, live] = [
        await findDatabase(clients, database.identifier),
        await findSnapshot(clients, snapshot),
        await findDatabase(clients, successor.identifier),
      ];
      const isThere = left?.DbiResourceId === database.resourceId;
      if (!isThere) await markRetired(s.database, identityOf(database));
      return {
        status: isThere ? (left.DBInstanceStatus ?? "unknown") : "gone",
        snapshot: last?.Status ?? "gone",
        successor: live?.DbiResourceId === successor.resourceId ? (live.DBInstanceStatus ?? "unknown") : "gone",
      };
    },
  };

  async function successorOf(clients: AwsClients, identity: string): Promise<ObservedReplaced["successor"]> {
    const answer = await askFleet(clients);
    const found = answer.asked ? answer.databases.find((one) => identityOf(one) === identity) : undefined;
    if (!found) return null;
    const { identifier, resourceId, arn } = found;
    const recovery: RecoveryEvidence = await s.recoveryOf(found);
    const status = (await findDatabase(clients, identifier))?.DBInstanceStatus ?? "gone";
    return { database: targetDatabase({ identifier, resourceId, arn }), status, recovery };
  }

  async function declaring(database: TargetDatabase): Promise<string[]> {
    const answer = await askBackend(s.stacks);
    if (!answer.asked) return [`a stack that could not be read (${answer.reason})`];
    const unread = answer.unread.map(({ stack }) => `${stack}, which could not be read, perhaps`);
    const declared = answer.stacks.filter(({ databases }) =>
      databases.some((one) => identityOf(one) === identityOf(database)),
    );
    return [...declared.map(({ name }) => name), ...unread];
  }
}

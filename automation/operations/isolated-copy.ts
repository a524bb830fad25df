/**
 * The isolated throwaway that an operation restores a database's backups into: only the control plane reaches it, no
 * backup of it exists, and it is removed and proven gone. Each step is one action, safe to repeat after an interruption
 * at any moment.
 */
import type { DBInstance } from "@aws-sdk/client-rds";
import { ShipshapeError } from "../errors";
import type { TargetDatabase } from "../fleet-records";
import { cloudPause, poll } from "../poll";
import type { CleanUpReport } from "../records";
import { markRemoved, registerThrowaway, type Throwaway } from "../runner/throwaways";
import { awsClients, type AwsClients } from "../targets/aws-access";
import {
  databaseEvents,
  findBackups,
  findDatabase,
  isInFlight,
  restoreFailed,
  restoreThrowaway,
  type ThrowawayRequest,
} from "../targets/database-instance";
import {
  describeDatabase,
  findDatabaseLogin,
  masterRole,
  requireSameDatabase,
  tagsOf,
  type DatabaseLogin,
} from "../targets/database-login";
import { accessTo } from "../targets/locations";
import { shownText } from "../targets/shown-text";
import type { RestoredDatabaseArgs } from "../../stacks/restored-database";
import type { OperationContext } from "./operation-context";
import { deleteOnce, proveGone } from "./proven-gone";

/** What of a plan says which throwaway it is. */
export interface IsolatedCopy {
  database: TargetDatabase;
  source: InheritedSettings & { resourceId: string; databaseName: string; keyArn: string | undefined };
  throwaway: Omit<Throwaway, "expiresAt"> & {
    secretsProvider: string | null;
    instanceClass: string;
    securityGroupIds: string[];
    tags: Record<string, string>;
  };
}

/** What a throwaway has in common with its source. */
interface InheritedSettings {
  parameterGroupName: string;
  subnetGroupName: string;
  engineLifecycleSupport: string;
}

export type Restored = { succeeded: true; resourceId: string } | { succeeded: false; failedAt: string; reason: string };

export type IsolatedCopySteps = ReturnType<typeof isolatedCopySteps>;

export function isolatedCopySteps(
  s: Pick<OperationContext, "access" | "database" | "stacks" | "standard">,
  /** Of the throwaway of that request. */
  namesOf: (requestId: string) => Pick<Throwaway, "identifier" | "stack">,
) {
  const known = new Map<string, AwsClients>();
  /** Those of the plan's database and of its copy: in one account and Region. */
  function clientsOf({ database: { account, region } }: Pick<IsolatedCopy, "database">): AwsClients {
    const access = accessTo(s.access, { account, region });
    const key = JSON.stringify(access.location);
    const clients = known.get(key) ?? awsClients(access);
    known.set(key, clients);
    return clients;
  }

  /** The instance with this name must still be the same one. */
  async function loginTo(
    plan: IsolatedCopy,
    identifier: string,
    resourceId: string,
    role: string,
    databaseName: string,
  ): Promise<DatabaseLogin> {
    const login = await findDatabaseLogin(clientsOf(plan), s.standard, identifier, role, databaseName);
    requireSameDatabase(identifier, login.resourceId, resourceId);
    return login;
  }

  /** Waits until nothing is being done to the throwaway, or it is gone. The step's time limit ends it. */
  const settled = (plan: IsolatedCopy, signal: AbortSignal) =>
    poll({ every: cloudPause, signal }, async () => {
      const status = (await findDatabase(clientsOf(plan), plan.throwaway.identifier))?.DBInstanceStatus ?? "gone";
      return status !== "gone" && isInFlight(status) ? undefined : status;
    });

  const throwawayLogin = (plan: IsolatedCopy, resourceId: string) =>
    loginTo(plan, plan.throwaway.identifier, resourceId, masterRole, plan.source.databaseName);

  const steps = {
    /** Resolves to when the run began its work. */
    async register(requestId: string, { throwaway }: { throwaway: Throwaway }): Promise<string> {
      const beganAt = now();
      await registerThrowaway(s.database, requestId, throwaway);
      return beganAt;
    },
    recordRemoval: async (requestId: string, plan: IsolatedCopy): Promise<void> =>
      void (await markRemoved(s.database, requestId, plan.throwaway.identifier)),

    /**
     * Has RDS restore the throwaway, once: an instance with the plan's name and the run's tag is this run's, whatever
     * was interrupted.
     */
    async restoreFrom(plan: IsolatedCopy, from: ThrowawayRequest["from"], signal: AbortSignal): Promise<Restored> {
      const { identifier } = plan.throwaway;
      if (!(await findOwn(plan))) {
        const refusal = await restoreThrowaway(clientsOf(plan), requestOf(plan, from));
        if (refusal !== undefined) return { succeeded: false, failedAt: now(), reason: shownText(refusal) };
      }
      // Meanwhile its stack is created. If that fails, `adopt` does it again, and says why not.
      const ahead = pulumi()
        .then(({ createAhead }) => createAhead(s.stacks, stackOf(plan)))
        .catch(() => undefined);
      await settled(plan, signal).finally(() => ahead);
      const instance = await findOwn(plan);
      const status = instance?.DBInstanceStatus ?? "gone";
      if (restoreFailed.has(status))
        return { succeeded: false, failedAt: now(), reason: `${status}: ${shownText(await lastEvents(plan))}` };
      if (!instance || status !== "available")
        throw new ShipshapeError("database-not-available", { identifier, status });
      return { succeeded: true, resourceId: instance.DbiResourceId ?? "" };
    },

    /**
     * Checked by the API before anything is read: the copy is only in the isolation group, and no backup of it will
     * outlive it.
     */
    async requireIsolation(plan: IsolatedCopy, resourceId: string): Promise<void> {
      const { identifier, securityGroupIds } = plan.throwaway;
      const instance = await findOwn(plan);
      const groups = (instance?.VpcSecurityGroups ?? []).map((group) => group.VpcSecurityGroupId);
      const problems = [
        ...(instance?.DbiResourceId === resourceId ? [] : ["it is another instance now"]),
        ...(instance?.BackupRetentionPeriod === 0
          ? []
          : [`its backup retention is ${instance?.BackupRetentionPeriod} days`]),
        ...(await findBackups(clientsOf(plan), identifier, resourceId)).map((backup) => `there is the ${backup}`),
        ...(instance?.PubliclyAccessible ? ["it is publicly accessible"] : []),
        ...(groups.length > 0 && groups.every((group) => securityGroupIds.includes(group ?? ""))
          ? []
          : [`its security groups are ${groups.join(", ")}`]),
      ];
      if (problems.length) throw new ShipshapeError("throwaway-exposed", { identifier, problems: problems.join("; ") });
    },

    /** Has its stack adopt the copy and set a new master password. Resolves to its address. */
    async adopt(plan: IsolatedCopy, signal: AbortSignal): Promise<{ endpoint: string }> {
      const { identifier } = plan.throwaway;
      const { bringUp, restoredDatabase } = await pulumi();
      await bringUp(
        s.stacks,
        {
          ...stackOf(plan),
          program: (adopt) => async () =>
            restoredDatabase(
              argumentsOf(plan, adopt.get(identifier)),
              accessTo(s.access, plan.database).location ?? {},
            ),
        },
        signal,
      );
      const { Endpoint } = await describeDatabase(clientsOf(plan), identifier);
      return { endpoint: `${Endpoint?.Address}:${Endpoint?.Port}` };
    },

    /**
     * Has Pulumi remove what is in its state; what only the cloud knows (a failed restore is in no state) is found by its
     * name and our tag.
     */
    async removeThrowaway(plan: IsolatedCopy, requestId: string, signal: AbortSignal): Promise<void> {
      const { identifier, stack } = plan.throwaway;
      // The plan is read from a table: whatever it says now, a run removes only what is named after it.
      const own = namesOf(requestId);
      if (identifier !== own.identifier || stack !== own.stack)
        throw new ShipshapeError("throwaway-not-ours", { id: requestId, identifier: `${identifier} (stack ${stack})` });
      const { removeStack } = await pulumi();
      await removeStack(s.stacks, stackOf(plan), signal);
      const found = await findOwn(plan);
      if (!found) return;
      await deleteOnce(clientsOf(plan), found);
      await settled(plan, signal);
    },

    /** Looks for what is left by its identifier, which is unique because it contains the request's id. */
    proveGone: (plan: IsolatedCopy): Promise<CleanUpReport["removed"]> =>
      proveGone(
        { clients: clientsOf(plan), stacks: s.stacks },
        { identifier: plan.throwaway.identifier, stack: plan.throwaway.stack },
        (left) => new ShipshapeError("throwaway-left", { id: runOf(plan), identifier: left }),
      ),
  };
  return { clientsOf, loginTo, throwawayLogin, steps };

  /** The throwaway, if it exists. One of that name that is not ours is left alone. */
  async function findOwn(plan: IsolatedCopy): Promise<DBInstance | undefined> {
    const { identifier } = plan.throwaway;
    const found = await findDatabase(clientsOf(plan), identifier);
    if (found && tagsOf(found)["shipshape:run"] !== runOf(plan))
      throw new ShipshapeError("throwaway-not-ours", { id: runOf(plan), identifier });
    return found;
  }

  function stackOf(plan: IsolatedCopy) {
    const { stack, secretsProvider } = plan.throwaway;
    return {
      stackName: stack,
      secretsProvider: secretsProvider ?? undefined,
      settleCloud: (signal: AbortSignal) => settledOwn(plan, signal),
    };
  }

  async function settledOwn(plan: IsolatedCopy, signal: AbortSignal): Promise<ReadonlyMap<string, string>> {
    await settled(plan, signal);
    const found = await findOwn(plan);
    return new Map(found?.DbiResourceId ? [[plan.throwaway.identifier, found.DbiResourceId]] : []);
  }

  async function lastEvents(plan: IsolatedCopy): Promise<string> {
    return (
      (await databaseEvents(clientsOf(plan), plan.throwaway.identifier)).slice(-3).join("; ") ||
      "the cloud gives no reason"
    );
  }
}

/** The request to RDS. */
const requestOf = ({ source, throwaway }: IsolatedCopy, from: ThrowawayRequest["from"]): ThrowawayRequest => ({
  ...inherited(source),
  identifier: throwaway.identifier,
  instanceClass: throwaway.instanceClass,
  securityGroupIds: throwaway.securityGroupIds,
  tags: throwaway.tags,
  from,
});

/** What the adopting stack declares. */
const argumentsOf = ({ source, throwaway }: IsolatedCopy, importId: string | undefined): RestoredDatabaseArgs => ({
  ...inherited(source),
  identifier: throwaway.identifier,
  instanceClass: throwaway.instanceClass,
  securityGroupIds: throwaway.securityGroupIds,
  tags: throwaway.tags,
  keyArn: source.keyArn,
  importId,
});

const inherited = ({ parameterGroupName, subnetGroupName, engineLifecycleSupport }: InheritedSettings) => ({
  parameterGroupName,
  subnetGroupName,
  engineLifecycleSupport,
});

/** Loaded when needed: the SDKs take a second. */
export const pulumi = async () => ({
  ...(await import("../runner/pulumi-stack")),
  ...(await import("../../stacks/restored-database")),
});

/** The request whose throwaway it is, as its tag says. */
const runOf = ({ throwaway }: Pick<IsolatedCopy, "throwaway">) => throwaway.tags["shipshape:run"] ?? "";

const now = () => new Date().toISOString();

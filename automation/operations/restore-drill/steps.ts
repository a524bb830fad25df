/** The effects of a restore drill: each one action, safe to repeat after an interruption at any moment. */
import type { DBInstance } from "@aws-sdk/client-rds";
import type { Client } from "pg";
import { reasonOf, ShipshapeError } from "../../errors";
import { poll } from "../../poll";
import { cloudPoll, inventorySeconds } from "../../limits";
import type { CleanUpReport } from "../../records";
import { readStack, stackExists } from "../../runner/stack-state";
import { markRemoved, registerThrowaway } from "../../runner/throwaways";
import { takeInventory } from "../../targets/catalog-inventory";
import { automatedBackupsOf } from "../../targets/database-backups";
import { inControlSession } from "../../targets/control-session";
import {
  controlRole,
  describeDatabase,
  findDatabaseLogin,
  masterRole,
  requireLogin,
  requireSameDatabase,
  requireServing,
  tagsOf,
  type DatabaseLogin,
} from "../../targets/database-login";
import {
  databaseEvents,
  deleteDatabase,
  findBackups,
  findDatabase,
  findSnapshot,
  inFlight,
  restoreFailed,
  restoreThrowaway,
} from "../../targets/database-instance";
import { shownText } from "../../targets/shown-text";
import { awsClients, type AwsClients } from "../../targets/aws-access";
import { accessTo, locate } from "../../targets/locations";
import { deleteMarkers, readMarkers, writeMarker, type Marker } from "../../targets/recovery-markers";
import { readSequences } from "../../targets/sequences";
import type { OperationContext } from "../operation-context";
import { readAssertions } from "./assertions";
import { copySteps, decided } from "./copy-steps";
import { throwawayNames, type ObservedSnapshot, type ObservedSource, type RestoreDrillPlan } from "./plan";
import type { RestoreDrillRequest } from "./request";
import { argumentsOf, requestOf } from "./throwaway";
import type { BracketingMarkers, SourceState, Undecided } from "./outcome";

export type RestoreDrillSteps = ReturnType<typeof restoreDrillSteps>;

type Restored = { succeeded: true; resourceId: string } | { succeeded: false; failedAt: string; reason: string };

export function restoreDrillSteps(
  s: Omit<OperationContext, "recoveryOf" | "homeOfStack" | "gitEnvironment" | "sealedRuns" | "waiversFolder">,
) {
  const known = new Map<string, AwsClients>();
  /** Those of the plan's database and of its copy: in one account and Region. */
  function clientsOf({ database: { account, region } }: RestoreDrillPlan): AwsClients {
    const access = accessTo(s.access, { account, region });
    const key = JSON.stringify(access.location);
    const clients = known.get(key) ?? awsClients(access);
    known.set(key, clients);
    return clients;
  }

  const session = { rootCertificateFile: s.access.rootCertificateFile, statementSeconds: inventorySeconds };
  async function withSource<T>(plan: RestoreDrillPlan, work: (client: Client) => Promise<T>): Promise<T> {
    const { identifier, resourceId, databaseName } = plan.source;
    return inControlSession(await loginTo(plan, identifier, resourceId, controlRole, databaseName), session, work);
  }
  const throwawayLogin = (plan: RestoreDrillPlan, resourceId: string) =>
    loginTo(plan, plan.throwaway.identifier, resourceId, masterRole, plan.source.databaseName);
  /** The instance with this name must still be the same one. */
  async function loginTo(
    plan: RestoreDrillPlan,
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
  const settled = (plan: RestoreDrillPlan, signal: AbortSignal) =>
    poll({ every: cloudPause, signal }, async () => {
      const status = (await findDatabase(clientsOf(plan), plan.throwaway.identifier))?.DBInstanceStatus ?? "gone";
      return inFlight.has(status) ? undefined : status;
    });

  return {
    /** Refuses what cannot be drilled, before anything is planned, registered or created. */
    async observe(asked: RestoreDrillRequest): Promise<ObservedSource> {
      const { database: identifier, at, snapshot } = asked;
      const access = await locate(s.access, asked);
      const clients = awsClients(access);
      const instance = await describeDatabase(clients, identifier);
      await requireLogin(clients, s.standard, instance, controlRole);
      const backupRetentionDays = instance.BackupRetentionPeriod ?? 0;
      const restorable = backupRetentionDays > 0 ? instance.LatestRestorableTime : undefined;
      // Lost backups are a verdict, whatever else the database does.
      if (restorable || snapshot !== undefined) requireServing(instance);
      if (restorable && at !== undefined) await requireWithinBackups(clients, identifier, new Date(at));
      const stack = access.location?.platformStack ?? s.platformStack;
      const platform = await readStack(s.stacks, stack);
      const isolation = platform?.outputs["isolationSecurityGroupId"];
      if (typeof isolation !== "string") throw new ShipshapeError("platform-missing", { stack });
      requireNear(stack, platform?.outputs["topicArn"], instance);
      return {
        observedAt: new Date().toISOString(),
        identifier,
        arn: instance.DBInstanceArn ?? "",
        resourceId: instance.DbiResourceId ?? "",
        databaseName: instance.DBName ?? "postgres",
        engineVersion: instance.EngineVersion ?? "",
        instanceClass: instance.DBInstanceClass ?? "",
        allocatedStorageGib: instance.AllocatedStorage ?? 0,
        parameterGroupName: instance.DBParameterGroups?.[0]?.DBParameterGroupName ?? "",
        subnetGroupName: instance.DBSubnetGroup?.DBSubnetGroupName ?? "",
        keyArn: instance.KmsKeyId,
        engineLifecycleSupport: instance.EngineLifecycleSupport ?? "open-source-rds-extended-support-disabled",
        latestRestorableTime: restorable?.toISOString() ?? null,
        backupRetentionDays,
        tags: tagsOf(instance),
        isolationSecurityGroupIds: [isolation],
        secretsProvider: s.secretsProvider ?? platform?.secretsProvider ?? null,
        assertions: readAssertions(s.assertionsFolder, identifier),
        snapshot: snapshot === undefined ? null : await usableSnapshot(clients, snapshot, instance),
      };
    },

    /** Resolves to when the drill began its work. */
    async register(requestId: string, plan: RestoreDrillPlan): Promise<string> {
      const beganAt = now();
      await registerThrowaway(s.database, requestId, plan.throwaway);
      return beganAt;
    },
    recordRemoval: async (requestId: string, plan: RestoreDrillPlan): Promise<void> =>
      void (await markRemoved(s.database, requestId, plan.throwaway.identifier)),

    writeMarker: (plan: RestoreDrillPlan, requestId: string): Promise<Marker> =>
      withSource(plan, (client) => writeMarker(client, requestId, "before")),
    /**
     * Written once the database's own clock is well past the target: clocks of other machines do not matter. Reads the
     * first again.
     */
    writeMarkerAfter: (
      plan: RestoreDrillPlan,
      requestId: string,
      target: string,
    ): Promise<Pick<BracketingMarkers, "after" | "beforeAgain">> =>
      withSource(plan, async (client) => {
        const slept = client.query(
          "select pg_sleep(least(60, greatest(0, extract(epoch from $1::timestamptz - clock_timestamp()) + $2::int)))",
          [target, plan.markerGapSeconds],
        );
        await Promise.all([slept, pulumi()]); // loaded now, while there is nothing else to do
        const after = await writeMarker(client, requestId, "after");
        return { after, beforeAgain: (await readMarkers(client, requestId, ["before"]))[0] ?? null };
      }),
    /**
     * Undefined when they are gone. A source that cannot be reached or is read-only keeps them until the next drill;
     * the throwaway is gone either way.
     */
    async removeMarkers(plan: RestoreDrillPlan, requestId: string): Promise<CleanUpReport["left"]> {
      const { identifier, resourceId } = plan.source;
      try {
        // A source that is gone or was recreated no longer has its markers.
        if ((await findDatabase(clientsOf(plan), identifier))?.DbiResourceId !== resourceId) return [];
        await withSource(plan, (client) => deleteMarkers(client, requestId));
        return [];
      } catch (error) {
        return [
          {
            kind: "recovery markers",
            identifier,
            reason: `${reasonOf(error)}; the next drill of the database removes them`,
          },
        ];
      }
    },
    sourceState: (plan: RestoreDrillPlan): Promise<SourceState | Undecided> =>
      decided(() =>
        withSource(plan, async (client) => ({
          catalog: await takeInventory(client),
          sequences: await readSequences(client),
        })),
      ),

    /**
     * The marker after the target must be restorable too: if it were not in the backups, it would be missing wherever
     * recovery stopped.
     */
    async waitUntilRestorable(
      plan: RestoreDrillPlan,
      committedAt: string,
      signal: AbortSignal,
    ): Promise<{ askedAt: string } | { at: string; reason: string }> {
      const { resourceId, identifier } = plan.source;
      const wait = { every: cloudPause, seconds: plan.restorableWaitSeconds, signal };
      let latest: Date | undefined;
      const found = await poll(wait, async () => {
        const instance = await describeDatabase(clientsOf(plan), identifier);
        requireSameDatabase(identifier, instance.DbiResourceId, resourceId);
        latest = instance.LatestRestorableTime;
        if (!instance.BackupRetentionPeriod)
          return {
            at: now(),
            reason: "automated backups were switched off while the drill ran: nothing can be restored",
          };
        return latest && latest.getTime() >= Date.parse(committedAt) ? { askedAt: now() } : undefined;
      });
      if (found) return found;
      const reached = latest
        ? `the newest restorable time is still ${latest.toISOString()}`
        : "there is no restorable time";
      return {
        at: now(),
        reason: `what was committed at ${committedAt} cannot be restored ${plan.restorableWaitSeconds} s later: ${reached}`,
      };
    },

    /**
     * Has RDS restore the throwaway, once: an instance with the plan's name and the run's tag is this run's, whatever
     * was interrupted.
     */
    async restore(plan: RestoreDrillPlan, target: string | null, signal: AbortSignal): Promise<Restored> {
      const { identifier } = plan.throwaway;
      if (!(await findOwn(plan))) {
        const refusal = await restoreThrowaway(clientsOf(plan), requestOf(plan, target));
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
    async requireIsolation(plan: RestoreDrillPlan, resourceId: string): Promise<void> {
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
    async adopt(plan: RestoreDrillPlan, signal: AbortSignal): Promise<{ endpoint: string }> {
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

    ...copySteps(s, session, { master: throwawayLogin, withSource }),

    /**
     * Has Pulumi remove what is in its state; what only the cloud knows (a failed restore is in no state) is found by its
     * name and our tag.
     */
    async removeThrowaway(plan: RestoreDrillPlan, requestId: string, signal: AbortSignal): Promise<void> {
      const { identifier, stack } = plan.throwaway;
      // The plan is read from a table: whatever it says now, a run removes only what is named after it.
      const own = throwawayNames(requestId);
      if (identifier !== own.identifier || stack !== own.stack)
        throw new ShipshapeError("throwaway-not-ours", { id: requestId, identifier: `${identifier} (stack ${stack})` });
      const { removeStack } = await pulumi();
      await removeStack(s.stacks, stackOf(plan), signal);
      const found = await findOwn(plan);
      if (!found) return;
      // RDS refuses to delete what it is deleting, as after an attempt that was interrupted.
      if (found.DBInstanceStatus !== "deleting") await deleteDatabase(clientsOf(plan), identifier);
      await settled(plan, signal);
    },

    /** Looks for what is left by its identifier, which is unique because it contains the request's id. */
    async proveGone(plan: RestoreDrillPlan): Promise<CleanUpReport["removed"]> {
      const { identifier, stack } = plan.throwaway;
      const left = (what: string) => new ShipshapeError("throwaway-left", { id: runOf(plan), identifier: what });
      if (await findDatabase(clientsOf(plan), identifier)) throw left(identifier);
      const [backup] = await findBackups(clientsOf(plan), identifier);
      if (backup) throw left(backup);
      if (await stackExists(s.stacks, stack)) throw left(stack);
      return [
        { kind: "database", identifier, provenGoneBy: `DescribeDBInstances: DBInstanceNotFound at ${now()}` },
        {
          kind: "backups",
          identifier,
          provenGoneBy: `DescribeDBInstanceAutomatedBackups and DescribeDBSnapshots: none at ${now()}`,
        },
        { kind: "stack", identifier: stack, provenGoneBy: "the backend has no stack of that name" },
      ];
    },
  };

  /** RDS would refuse it after the throwaway was registered. A moment of the last minutes is waited for. */
  async function requireWithinBackups(clients: AwsClients, identifier: string, target: Date): Promise<void> {
    const { restorableFrom, askedAt } = await automatedBackupsOf(clients, identifier);
    if (restorableFrom !== null && (target < new Date(restorableFrom) || target > new Date(askedAt)))
      throw new ShipshapeError("recovery-target-outside", {
        identifier,
        target: target.toISOString(),
        from: restorableFrom,
        until: askedAt,
      });
  }

  async function usableSnapshot(clients: AwsClients, snapshot: string, source: DBInstance): Promise<ObservedSnapshot> {
    const found = await findSnapshot(clients, snapshot);
    const [major] = (source.EngineVersion ?? "").split(".");
    const problem = !found
      ? "there is none of that name in this account and Region"
      : found.DbiResourceId !== source.DbiResourceId
        ? `it is of ${found.DBInstanceIdentifier}, resource id ${found.DbiResourceId}`
        : found.Status !== "available"
          ? `it is ${found.Status}`
          : !found.Encrypted
            ? "it is not encrypted, and neither would be the copy"
            : found.EngineVersion?.split(".")[0] !== major
              ? `it is of PostgreSQL ${found.EngineVersion}, and the database's parameter group of ${major}`
              : undefined;
    if (!found || problem !== undefined)
      throw new ShipshapeError("snapshot-unusable", {
        snapshot,
        identifier: source.DBInstanceIdentifier ?? "",
        problem: problem ?? "",
      });
    return {
      identifier: found.DBSnapshotIdentifier ?? "",
      arn: found.DBSnapshotArn ?? "",
      createdAt: found.SnapshotCreateTime?.toISOString() ?? "",
      engineVersion: found.EngineVersion ?? "",
      allocatedStorageGib: found.AllocatedStorage ?? 0,
    };
  }

  /** The throwaway, if it exists. One of that name that is not ours is left alone. */
  async function findOwn(plan: RestoreDrillPlan): Promise<DBInstance | undefined> {
    const { identifier } = plan.throwaway;
    const found = await findDatabase(clientsOf(plan), identifier);
    if (found && tagsOf(found)["shipshape:run"] !== runOf(plan))
      throw new ShipshapeError("throwaway-not-ours", { id: runOf(plan), identifier });
    return found;
  }

  function stackOf(plan: RestoreDrillPlan) {
    const { stack, secretsProvider } = plan.throwaway;
    return {
      stackName: stack,
      secretsProvider: secretsProvider ?? undefined,
      settleCloud: (signal: AbortSignal) => settledOwn(plan, signal),
    };
  }

  async function settledOwn(plan: RestoreDrillPlan, signal: AbortSignal): Promise<ReadonlyMap<string, string>> {
    await settled(plan, signal);
    const found = await findOwn(plan);
    return new Map(found?.DbiResourceId ? [[plan.throwaway.identifier, found.DbiResourceId]] : []);
  }

  async function lastEvents(plan: RestoreDrillPlan): Promise<string> {
    return (
      (await databaseEvents(clientsOf(plan), plan.throwaway.identifier)).slice(-3).join("; ") ||
      "the cloud gives no reason"
    );
  }
}

/** RDS refuses a security group of another Region or account, after the throwaway was registered. */
function requireNear(stack: string, topicArn: unknown, { DBInstanceArn = "", DBInstanceIdentifier }: DBInstance): void {
  const placeOf = (arn: string) => arn.split(":").slice(3, 5).reverse().join(" ");
  if (typeof topicArn !== "string" || placeOf(topicArn) === placeOf(DBInstanceArn)) return;
  const places = { platform: placeOf(topicArn), database: placeOf(DBInstanceArn) };
  throw new ShipshapeError("platform-elsewhere", { stack, identifier: DBInstanceIdentifier ?? "", ...places });
}

/** A share of the wait so far: then a wait ends only that much late, however long it is. */
const cloudPause = (waited: number): number =>
  Math.min(cloudPoll.millisecondsMax, Math.max(cloudPoll.millisecondsMin, cloudPoll.share * waited));

/** Loaded when needed: the SDKs take a second. */
const pulumi = async () => ({
  ...(await import("../../runner/pulumi-stack")),
  ...(await import("../../../stacks/restored-database")),
});

/** The request whose throwaway it is, as its tag says. */
const runOf = ({ throwaway }: RestoreDrillPlan) => throwaway.tags["shipshape:run"] ?? "";

const now = () => new Date().toISOString();

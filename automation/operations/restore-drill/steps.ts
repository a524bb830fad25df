/** The effects of a restore drill: each one thing, safe to repeat after being cut off at any moment. */
import type { Client } from "pg";
import type { Database } from "../../database";
import { reasonOf, ShipshapeError } from "../../errors";
import { inventorySeconds, restorablePollMilliseconds } from "../../limits";
import type { CleanUpReport } from "../../records";
import { readOutputs, removeStack, upStack, type StackSurroundings } from "../../runner/pulumi-stack";
import { markRemoved, registerThrowaway } from "../../runner/throwaways";
import { restoredDatabase } from "../../../stacks/restored-database";
import { takeInventory } from "../../targets/catalog-inventory";
import { inControlSession, openControlSession } from "../../targets/control-session";
import { describeDatabase, findDatabaseLogin, masterRole, requireLogin, requireServing } from "../../targets/database-login";
import { databaseEvents, deleteDatabase, findDatabase } from "../../targets/database-instance";
import { awsClients, type AwsAccess } from "../../targets/aws-access";
import { deleteMarkers, readMarkers, writeMarker, type Marker } from "../../targets/recovery-markers";
import { readRecoveryPoint } from "../../targets/recovery-point";
import { verifyStructures } from "../../targets/structure-verification";
import type { ObservedSource, RestoreDrillPlan } from "./plan";
import type { BracketingMarkers, Undecided } from "./verify";

export type RestoreDrillSteps = ReturnType<typeof restoreDrillSteps>;

/** The login of the control plane in every standard database. */
const controlRole = "shipshape";

export interface RestoreDrillSurroundings {
  database: Database;
  access: AwsAccess;
  stacks: StackSurroundings;
  /** The platform stack whose isolation the throwaways stand in, e.g. `platform.dev`. */
  platformStack: string;
}

/** States of an instance in which something is still being done to it; anything else stays as it is until somebody acts. */
const inFlight = new Set([
  "creating",
  "modifying",
  "backing-up",
  "rebooting",
  "deleting",
  "configuring-enhanced-monitoring",
  "configuring-log-exports",
  "resetting-master-credentials",
  "starting",
  "stopping",
]);
/** States a restore ends in when what it read cannot be recovered. */
const restoreFailed = new Set(["incompatible-restore", "failed", "incompatible-parameters"]);

export function restoreDrillSteps(s: RestoreDrillSurroundings) {
  const clients = awsClients(s.access);

  const session = { rootCertificateFile: s.access.rootCertificateFile, statementSeconds: inventorySeconds };
  async function withSource<T>(plan: RestoreDrillPlan, work: (client: Client) => Promise<T>): Promise<T> {
    const login = await findDatabaseLogin(clients, plan.source.identifier, controlRole, plan.source.databaseName);
    if (login.resourceId !== plan.source.resourceId)
      throw new ShipshapeError("database-replaced", { identifier: login.identifier, found: login.resourceId, expected: plan.source.resourceId });
    return inControlSession(login, session, work);
  }
  const throwawayLogin = (plan: RestoreDrillPlan) => findDatabaseLogin(clients, plan.throwaway.identifier, masterRole, plan.source.databaseName);
  const withThrowaway = async <T>(plan: RestoreDrillPlan, work: (client: Client) => Promise<T>) => inControlSession(await throwawayLogin(plan), session, work);

  /** Waits until nothing is being done to the throwaway, then tells what there is. */
  const settled = async (identifier: string, signal: AbortSignal): Promise<ReadonlySet<string>> => {
    for (;;) {
      const instance = await findDatabase(clients, identifier);
      if (!instance) return new Set();
      if (!inFlight.has(instance.DBInstanceStatus ?? "")) return new Set([identifier]);
      await pause(signal);
    }
  };

  return {
    /** Refuses what no drill could be made of, before anything is planned, registered or made. */
    async observe(identifier: string): Promise<ObservedSource> {
      const instance = await describeDatabase(clients, identifier);
      await requireLogin(clients, instance, controlRole);
      const backupRetentionDays = instance.BackupRetentionPeriod ?? 0;
      const restorable = backupRetentionDays > 0 ? instance.LatestRestorableTime : undefined;
      // Lost backups are a verdict, whatever the database does otherwise.
      if (restorable) requireServing(instance);
      const platform = await readOutputs(s.stacks, s.platformStack);
      const isolation = platform?.["isolationSecurityGroupId"];
      if (typeof isolation !== "string") throw new ShipshapeError("platform-missing", { stack: s.platformStack });
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
        tags: Object.fromEntries((instance.TagList ?? []).map((t) => [t.Key ?? "", t.Value ?? ""])),
        isolationSecurityGroupIds: [isolation],
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

    writeMarker: (plan: RestoreDrillPlan, requestId: string): Promise<Marker> => withSource(plan, (client) => writeMarker(client, requestId, "before")),
    /** Written once the database's own clock is well past the target: clocks of other machines have no say. Looks at the first again. */
    writeMarkerAfter: (plan: RestoreDrillPlan, requestId: string, target: string): Promise<Pick<BracketingMarkers, "after" | "beforeAgain">> =>
      withSource(plan, async (client) => {
        await client.query("select pg_sleep(least(60, greatest(0, extract(epoch from $1::timestamptz - clock_timestamp()) + $2::int)))", [
          target,
          plan.markerGapSeconds,
        ]);
        const after = await writeMarker(client, requestId, "after");
        return { after, beforeAgain: (await readMarkers(client, requestId, ["before"]))[0] ?? null };
      }),
    /** Undefined when they are gone. A source that cannot be reached, or is read-only, keeps them until the next drill; the throwaway is gone all the same. */
    async removeMarkers(plan: RestoreDrillPlan, requestId: string): Promise<CleanUpReport["left"]> {
      const { identifier, resourceId } = plan.source;
      try {
        // One that is gone, or was created again, has taken its markers along.
        if ((await findDatabase(clients, identifier))?.DbiResourceId !== resourceId) return [];
        await withSource(plan, (client) => deleteMarkers(client, requestId));
        return [];
      } catch (error) {
        return [{ kind: "recovery markers", identifier, reason: `${reasonOf(error)}; the next drill of the database removes them` }];
      }
    },
    sourceInventory: (plan: RestoreDrillPlan) => decided(() => withSource(plan, takeInventory)),

    /** The marker after the target too: one that is not in the backups would be missing wherever recovery stopped. */
    async waitUntilRestorable(plan: RestoreDrillPlan, committedAt: string, signal: AbortSignal): Promise<{ askedAt: string } | { at: string; reason: string }> {
      for (const endsAt = Date.now() + plan.restorableWaitSeconds * 1000; ;) {
        const instance = await describeDatabase(clients, plan.source.identifier);
        const latest = instance.LatestRestorableTime;
        if (!instance.BackupRetentionPeriod) return { at: now(), reason: "automated backups were switched off while the drill ran: nothing can be restored" };
        if (latest && latest.getTime() >= Date.parse(committedAt)) return { askedAt: now() };
        if (Date.now() > endsAt) {
          const reached = latest ? `the newest restorable time is still ${latest.toISOString()}` : "there is no restorable time";
          return { at: now(), reason: `what was committed at ${committedAt} cannot be restored ${plan.restorableWaitSeconds} s later: ${reached}` };
        }
        await pause(signal);
      }
    },

    async restore(
      plan: RestoreDrillPlan,
      target: string,
      signal: AbortSignal,
    ): Promise<{ succeeded: true; endpoint: string; resourceId: string } | { succeeded: false; failedAt: string; reason: string }> {
      const { identifier, stack } = plan.throwaway;
      try {
        await upStack(
          s.stacks,
          {
            stackName: stack,
            program: (adopt) => async () => restoredDatabase(argumentsOf(plan, target, adopt.has(identifier))),
            settleCloud: (inner) => settled(identifier, inner),
          },
          signal,
        );
      } catch (error) {
        const status = (await findDatabase(clients, identifier))?.DBInstanceStatus ?? "";
        if (restoreFailed.has(status)) return { succeeded: false, failedAt: now(), reason: `${status}: ${await lastEvents(identifier)}` };
        const refusal = /(InvalidRestoreFault|PointInTimeRestoreNotEnabled|DBSnapshotNotFound)[^;\n]*/.exec((error as Error).message);
        if (refusal) return { succeeded: false, failedAt: now(), reason: refusal[0] };
        throw error;
      }
      const instance = await describeDatabase(clients, identifier);
      return { succeeded: true, endpoint: `${instance.Endpoint?.Address}:${instance.Endpoint?.Port}`, resourceId: instance.DbiResourceId ?? "" };
    },

    firstQuery: (plan: RestoreDrillPlan): Promise<string> =>
      withThrowaway(plan, async (client) => {
        await client.query("select 1");
        return now();
      }),
    readMarkers: (plan: RestoreDrillPlan, requestId: string) =>
      decided(() => withThrowaway(plan, (client) => readMarkers(client, requestId, ["before", "after"]))),
    recoveryPoint: (plan: RestoreDrillPlan, target: string) => decided(() => withThrowaway(plan, (client) => readRecoveryPoint(client, target))),
    restoredInventory: (plan: RestoreDrillPlan) => decided(() => withThrowaway(plan, takeInventory)),
    async verifyStructures(plan: RestoreDrillPlan) {
      const settings = { ...session, statementSeconds: plan.structure.secondsMax };
      const report = await verifyStructures(async () => openControlSession(await throwawayLogin(plan), settings), plan.structure);
      return { ...report, verifiedAt: now() };
    },

    /** By Pulumi where Pulumi knows it; what only the cloud knows (a restore that failed is in no state) by its name and our tag. */
    async removeThrowaway(plan: RestoreDrillPlan, signal: AbortSignal): Promise<void> {
      const { identifier, stack } = plan.throwaway;
      await removeStack(s.stacks, stack, (inner) => settled(identifier, inner), signal);
      const left = await findDatabase(clients, identifier);
      if (!left) return;
      if (!left.TagList?.some((t) => t.Key === "shipshape:run" && t.Value === plan.throwaway.tags["shipshape:run"]))
        throw new ShipshapeError("throwaway-not-ours", { identifier });
      await deleteDatabase(clients, identifier);
      await settled(identifier, signal);
    },

    async proveGone(plan: RestoreDrillPlan): Promise<CleanUpReport["removed"]> {
      const { identifier, stack } = plan.throwaway;
      if (await findDatabase(clients, identifier)) throw new ShipshapeError("throwaway-left", { identifier });
      if (await readOutputs(s.stacks, stack)) throw new ShipshapeError("throwaway-left", { identifier: stack });
      return [
        { kind: "database", identifier, provenGoneBy: `DescribeDBInstances: DBInstanceNotFound at ${new Date().toISOString()}` },
        { kind: "stack", identifier: stack, provenGoneBy: "the backend has no stack of that name" },
      ];
    },
  };

  async function lastEvents(identifier: string): Promise<string> {
    return (await databaseEvents(clients, identifier)).slice(-3).join("; ") || "the cloud gives no reason";
  }
}

/** What the database itself refuses leaves a check undecided: it says nothing of the backup, and does not end the run. */
async function decided<T>(work: () => Promise<T>): Promise<T | Undecided> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ShipshapeError && (error.code === "database-query-failed" || error.code === "marker-table-changed"))
      return { undecided: error.message };
    throw error;
  }
}

function argumentsOf(plan: RestoreDrillPlan, target: string, adopt: boolean) {
  const { source, throwaway } = plan;
  return {
    identifier: throwaway.identifier,
    sourceResourceId: source.resourceId,
    restoreTime: target,
    instanceClass: throwaway.instanceClass,
    parameterGroupName: source.parameterGroupName,
    subnetGroupName: source.subnetGroupName,
    securityGroupIds: throwaway.securityGroupIds,
    keyArn: source.keyArn,
    engineLifecycleSupport: source.engineLifecycleSupport,
    createTimeoutMinutes: throwaway.createTimeoutMinutes,
    tags: throwaway.tags,
    adopt,
  };
}

const now = () => new Date().toISOString();

const pause = (signal: AbortSignal) =>
  new Promise<void>((resolve, reject) => {
    signal.throwIfAborted();
    const timer = setTimeout(resolve, restorablePollMilliseconds);
    signal.addEventListener("abort", () => (clearTimeout(timer), reject(signal.reason as Error)), { once: true });
  });

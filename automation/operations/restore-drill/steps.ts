/** The effects of a restore drill: each one action, safe to repeat after an interruption at any moment. */
import type { DBInstance } from "@aws-sdk/client-rds";
import type { Client } from "pg";
import { reasonOf, ShipshapeError } from "../../errors";
import { cloudPause, poll } from "../../poll";
import { inventorySeconds } from "../../limits";
import type { CleanUpReport } from "../../records";
import { takeInventory } from "../../targets/catalog-inventory";
import { inControlSession } from "../../targets/control-session";
import {
  controlRole,
  describeDatabase,
  requireLogin,
  requireSameDatabase,
  requireServing,
  tagsOf,
} from "../../targets/database-login";
import { findDatabase, findSnapshot, type ThrowawayRequest } from "../../targets/database-instance";
import { awsClients, type AwsClients } from "../../targets/aws-access";
import { locate } from "../../targets/locations";
import { deleteMarkers, readMarkers, writeMarker, type Marker } from "../../targets/recovery-markers";
import { readSequences } from "../../targets/sequences";
import { isolatedCopySteps, pulumi } from "../isolated-copy";
import { isolationNear, requireWithinBackups } from "../isolation";
import type { OperationContext } from "../operation-context";
import { readAssertions } from "./assertions";
import { copySteps, decided } from "./copy-steps";
import { throwawayNames, type ObservedSnapshot, type ObservedSource, type RestoreDrillPlan } from "./plan";
import type { RestoreDrillRequest } from "./request";
import type { BracketingMarkers, SourceState, Undecided } from "./outcome";

export type RestoreDrillSteps = ReturnType<typeof restoreDrillSteps>;

export function restoreDrillSteps(
  s: Omit<
    OperationContext,
    | "recoveryOf"
    | "homesOfStacks"
    | "gitEnvironment"
    | "sealedRuns"
    | "signedCopy"
    | "signedRehearsals"
    | "tellPeople"
    | "waiversFolder"
    | "maskingFolder"
    | "packageFolder"
  >,
) {
  const { clientsOf, loginTo, throwawayLogin, steps } = isolatedCopySteps(s, throwawayNames);
  const { restoreFrom, ...shared } = steps;
  const session = { rootCertificateFile: s.access.rootCertificateFile, statementSeconds: inventorySeconds };
  async function withSource<T>(plan: RestoreDrillPlan, work: (client: Client) => Promise<T>): Promise<T> {
    const { identifier, resourceId, databaseName } = plan.source;
    return inControlSession(await loginTo(plan, identifier, resourceId, controlRole, databaseName), session, work);
  }
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
      const isolation = await isolationNear(s, stack, instance);
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
        ...isolation,
        assertions: readAssertions(s.assertionsFolder, identifier),
        snapshot: snapshot === undefined ? null : await usableSnapshot(clients, snapshot, instance),
      };
    },

    ...shared,

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

    restore: (plan: RestoreDrillPlan, target: string | null, signal: AbortSignal) =>
      restoreFrom(plan, restoredFrom(plan, target), signal),

    ...copySteps(s, session, { master: throwawayLogin, withSource }),
  };

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
}

/** `restoreTime` is null for a snapshot. */
const restoredFrom = ({ source, drilled }: RestoreDrillPlan, restoreTime: string | null): ThrowawayRequest["from"] =>
  drilled.to === "snapshot"
    ? { snapshot: drilled.snapshot.identifier }
    : { resourceId: source.resourceId, restoreTime: restoreTime! };

const now = () => new Date().toISOString();

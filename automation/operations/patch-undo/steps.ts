/** The effects of an undo, besides those of changing the stack: each safe to repeat after an interruption. */
import type { DBInstance } from "@aws-sdk/client-rds";
import { ShipshapeError } from "../../errors";
import { targetDatabase, type PlannedChange } from "../../fleet-records";
import { configWith } from "../../runner/stack-change";
import { readPatchRun } from "../../runner/patch-runs";
import { awsClients, type AwsClients } from "../../targets/aws-access";
import { inControlSession } from "../../targets/control-session";
import { automatedBackupsOf } from "../../targets/database-backups";
import { findSnapshot, isInFlight } from "../../targets/database-instance";
import { controlRole, describeDatabase, findDatabaseLogin, requireSameDatabase } from "../../targets/database-login";
import { accessTo, locate } from "../../targets/locations";
import { versionsOf } from "../../targets/offered-versions";
import { readRowsChanged } from "../../targets/running-server";
import type { FoundVersion } from "../database-patch/outcome";
import type { DatabasePatchPlan } from "../database-patch/plan";
import { foundVersion } from "../database-patch/steps";
import type { OperationContext } from "../operation-context";
import { stackChangeSteps, type ProgramOf } from "../stack-changes";
import type { RestoredShape } from "./instructions";
import type { ObservedUndo, PatchUndoPlan } from "./plan";
import { requireOnlyTakenBack } from "./preview-gate";
import type { PatchUndoRequest } from "./request";

export type PatchUndoSteps = ReturnType<typeof patchUndoSteps>;

export function patchUndoSteps(s: OperationContext) {
  const changes = stackChangeSteps(s);
  const clientsFor = (plan: PatchUndoPlan) => awsClients(accessTo(s.access, plan.database));
  /** RDS waits for the window, as always. */
  const program: ProgramOf["program"] = (adopt) => async () => {
    const { database } = await import("../../../stacks/database");
    return database(s.standard, adopt);
  };

  return {
    changes,

    /** Errors: request-unknown, database-unknown, and those of the stack's observation. */
    async observe(asked: PatchUndoRequest, signal: AbortSignal): Promise<ObservedUndo> {
      const patch = await readPatchRun(s.database, asked.patch);
      const clients = awsClients(await locate(s.access, asked));
      const { database: identifier } = asked;
      const instance = await describeDatabase(clients, identifier);
      signal.throwIfAborted();
      const { databases } = await versionsOf(clients, identifier);
      const [now] = databases;
      if (!now) throw new ShipshapeError("database-unknown", { identifier, known: "none that is PostgreSQL" });
      const { restorableFrom, latestRestorableTime } = await automatedBackupsOf(clients, identifier);
      const plan = patch.plan as DatabasePatchPlan | null;
      return {
        observedAt: new Date().toISOString(),
        patch: { ...patch, plan },
        now,
        stack: await changes.observe(targetDatabase(now)),
        shape: shapeOf(instance),
        backups: { restorableFrom, latestRestorableTime },
        hasSnapshot: plan !== null && (await isUsable(clients, plan)),
        rowsChanged: await rowsChangedIn(clients, identifier),
      };
    },

    /** Nothing of it is committed yet. Errors: undo-wider, stack-config-moved, stack-failed. */
    async foresee({ database, from, to }: PatchUndoPlan, change: PlannedChange, signal: AbortSignal): Promise<void> {
      const config = await changes.committedConfig(change.stack);
      const text = configWith(config.file, config.text, change);
      const steps = await changes.foresee(change.stack, { config: text, program, targets: [] }, signal);
      requireOnlyTakenBack(steps, { identifier: database.identifier, stack: change.stack, from, to });
    },

    /** Right before the `up`: the database is there, at rest, and still runs the version before. */
    programFor: (plan: PatchUndoPlan): ProgramOf => ({
      program,
      settleCloud: async () => {
        const { identifier, resourceId } = plan.database;
        const {
          DbiResourceId,
          DBInstanceStatus = "",
          EngineVersion,
        } = await describeDatabase(clientsFor(plan), identifier);
        requireSameDatabase(identifier, DbiResourceId, resourceId);
        const refused = (reason: string) =>
          new ShipshapeError("undo-impossible", { identifier, patch: plan.patch, reason });
        if (isInFlight(DBInstanceStatus)) throw refused(`it is being worked on by RDS: ${DBInstanceStatus}`);
        if (EngineVersion !== plan.from) throw refused(`it runs ${EngineVersion} by now`);
        return new Map();
      },
    }),

    async look(plan: PatchUndoPlan, signal: AbortSignal): Promise<FoundVersion> {
      const { identifier, resourceId } = plan.database;
      const clients = clientsFor(plan);
      const instance = await describeDatabase(clients, identifier);
      signal.throwIfAborted();
      requireSameDatabase(identifier, instance.DbiResourceId, resourceId);
      return foundVersion(s, clients, instance);
    },
  };

  /** One of that name may be of another database. */
  async function isUsable(clients: AwsClients, { snapshot, database, from }: DatabasePatchPlan): Promise<boolean> {
    const found = await findSnapshot(clients, snapshot);
    const isOwn = found?.DbiResourceId === database.resourceId && found.EngineVersion === from;
    return isOwn && found.Status === "available";
  }

  /** Null: nobody can log in, so that it is not known. */
  async function rowsChangedIn(clients: AwsClients, identifier: string): Promise<number | null> {
    const { rootCertificateFile } = s.access;
    try {
      const login = await findDatabaseLogin(clients, s.standard, identifier, controlRole);
      return await inControlSession(login, { rootCertificateFile, readOnly: true }, readRowsChanged);
    } catch (error) {
      if (error instanceof ShipshapeError) return null;
      throw error;
    }
  }
}

const shapeOf = (i: DBInstance): RestoredShape => ({
  instanceClass: i.DBInstanceClass ?? "",
  parameterGroupName: i.DBParameterGroups?.[0]?.DBParameterGroupName ?? "",
  subnetGroupName: i.DBSubnetGroup?.DBSubnetGroupName ?? "",
  securityGroupIds: (i.VpcSecurityGroups ?? []).map((one) => one.VpcSecurityGroupId ?? ""),
  isMultiAz: i.MultiAZ ?? false,
  isPublic: i.PubliclyAccessible ?? false,
  copiesTags: i.CopyTagsToSnapshot ?? false,
  hasDeletionProtection: i.DeletionProtection ?? false,
  hasIamLogins: i.IAMDatabaseAuthenticationEnabled ?? false,
  logExports: i.EnabledCloudwatchLogsExports ?? [],
  lifecycleSupport: i.EngineLifecycleSupport ?? "open-source-rds-extended-support-disabled",
  managesPassword: i.MasterUserSecret !== undefined,
  replicas: i.ReadReplicaDBInstanceIdentifiers ?? [],
});

import {
  CreateDBInstanceCommand,
  CreateDBInstanceReadReplicaCommand,
  DeleteDBInstanceCommand,
  ModifyDBInstanceCommand,
  PromoteReadReplicaCommand,
  RebootDBInstanceCommand,
  RestoreDBInstanceFromDBSnapshotCommand,
  RestoreDBInstanceToPointInTimeCommand,
  type DBInstance,
  type ModifyDBInstanceCommandInput,
  type RDSClient,
} from "@aws-sdk/client-rds";
import { PartialFailure, type Context, type ResourceType } from "../../adapter/resource";
import type { PropertyValues } from "../../adapter/wire";
import { attempt, isError, undefinedIfNotFound } from "../aws-error";
import type { AwsConfig } from "../configuration";
import { uniqueName } from "../generated-names";
import { checkInstance } from "./instance-check";
import { warnOfEvents } from "./instance-events";
import { liveInstance } from "./instance-live";
import { afterPointInTimeProperties, afterReplicaProperties, afterSnapshotProperties } from "./instance-parameters";
import { instanceProperties } from "./instance-properties";
import {
  afterCreateRequest,
  createRequest,
  modifyRequest,
  pointInTimeRequest,
  replicaRequest,
  snapshotRequest,
} from "./instance-requests";
import { findInstance, waitAvailable, waitDeleted, waitSettled } from "./instance-waiting";
import { changeTags } from "./rds-tags";

/** The official provider's timeouts, where the program sets none. */
const CREATE_TIMEOUT_SECONDS = 40 * 60;
const UPDATE_TIMEOUT_SECONDS = 80 * 60;
const DELETE_TIMEOUT_SECONDS = 60 * 60;

export const instance: ResourceType<AwsConfig> = {
  properties: instanceProperties,
  check: checkInstance,

  async create(inputs, context) {
    const rds = context.config.rds(inputs.region);
    const identifier: string = inputs.identifier ?? uniqueName(inputs.identifierPrefix ?? "terraform-");
    const since = new Date();
    const { created, after } = await create(rds, identifier, inputs);
    const id = created.DbiResourceId ?? identifier;
    try {
      context.log("progress", `waiting for ${identifier} to become available`);
      let live = await waitAvailable(rds, id, {
        ...context,
        timeoutSeconds: context.timeoutSeconds ?? CREATE_TIMEOUT_SECONDS,
      });
      if (after) live = await modify(rds, after, id, context);
      if (needsReboot(live, inputs)) live = await reboot(rds, live, context);
      await warnOfEvents(rds, identifier, inputs.warningEventCategories, since, context);
      return { id, properties: liveInstance(live, inputs, context.config, inputs.region) };
    } catch (error) {
      // It exists: state has to know it, or the next `up` would fail with "already exists" and no stack would own it.
      // When the cloud does not answer, the instance still exists; its last known state is then used.
      const live = await findInstance(rds, id).catch(() => created);
      throw live
        ? new PartialFailure(id, liveInstance(live, inputs, context.config, inputs.region), [
            `creating RDS DB Instance (${identifier}): ${messageOf(error)}`,
          ])
        : error;
    }
  },

  async read(id, known, { config, importing }) {
    const region = known.region ?? config.region;
    const rds = config.rds(region);
    // If the resource id is gone, the instance that has its name now is assumed to be it (recreated outside Pulumi, or
    // switched over), as upstream.
    const live =
      (await findInstance(rds, known.resourceId ?? id)) ??
      (known.identifier ? await findInstance(rds, known.identifier) : undefined);
    if (!live) return undefined;
    // How to delete it cannot be read; these are upstream's own assumptions for an imported instance.
    const assumed = importing ? { skipFinalSnapshot: true, deleteAutomatedBackups: true } : known;
    // Always the resource id, whatever the import named: an `import` option that names anything else turns a later `up`
    // into a replacement.
    return { id: live.DbiResourceId ?? id, properties: liveInstance(live, assumed, config, region) };
  },

  async update(stateId, old, wanted, context) {
    const rds = context.config.rds(old.region);
    const id: string = old.resourceId ?? stateId;
    const since = new Date();
    refuseBlueGreen(wanted);
    // An `up` that was interrupted while waiting left it in creation, with no endpoint yet.
    await waitSettled(rds, id, { ...context, timeoutSeconds: context.timeoutSeconds ?? UPDATE_TIMEOUT_SECONDS });
    await followSource(rds, old, wanted, { ...context, id });
    const request = modifyRequest(old, wanted);
    let live = request ? await modify(rds, request, id, context) : undefined;
    if (await changeTags(context.config, old, wanted)) live = undefined;
    live ??= await findInstance(rds, id);
    if (!live) throw new Error(`updating RDS DB Instance (${old.identifier}): it does not exist any more`);
    await warnOfEvents(rds, live.DBInstanceIdentifier ?? old.identifier, wanted.warningEventCategories, since, context);
    return { properties: liveInstance(live, wanted, context.config, old.region) };
  },

  async resume(stateId, old, context) {
    // With an endpoint it was once available, and what failed was a change: as with the bridge, the next refresh deals
    // with that.
    if (old.endpoint) return undefined;
    const rds = context.config.rds(old.region);
    const live = await waitAvailable(rds, old.resourceId ?? stateId, {
      ...context,
      timeoutSeconds: context.timeoutSeconds ?? CREATE_TIMEOUT_SECONDS,
    });
    return { properties: liveInstance(live, old, context.config, old.region) };
  },

  async delete(stateId, old, context) {
    const rds = context.config.rds(old.region ?? context.config.region);
    if (!old.skipFinalSnapshot && !old.finalSnapshotIdentifier) {
      throw new Error(
        `deleting RDS DB Instance (${old.identifier}): final_snapshot_identifier is required when skip_final_snapshot is false (finalSnapshotIdentifier, skipFinalSnapshot)`,
      );
    }
    // By the name in state, even if another database has it now or this one was renamed, as upstream.
    const deleted = await attempt(`deleting RDS DB Instance (${old.identifier})`, () =>
      undefinedIfNotFound(["DBInstanceNotFound"], () => requestDeletion(rds, old)),
    );
    if (deleted)
      await waitDeleted(rds, old.resourceId ?? stateId, {
        ...context,
        timeoutSeconds: context.timeoutSeconds ?? DELETE_TIMEOUT_SECONDS,
      });
  },
};

interface Created {
  created: DBInstance;
  /** What the request could not take, changed once the instance exists. */
  after?: ModifyDBInstanceCommandInput | undefined;
}

async function create(rds: RDSClient, identifier: string, inputs: PropertyValues): Promise<Created> {
  try {
    return await requestCreation(rds, identifier, inputs);
  } catch (error) {
    if (!(error instanceof Error) || !isError(error.cause, "DBInstanceAlreadyExists")) throw error;
    // A person must decide whether it is ours: the name alone proves nothing, and a database taken over by mistake is
    // someone else's data.
    throw new Error(
      `${error.message}. If an \`up\` that was killed created it, delete it (aws rds delete-db-instance) or import it (pulumi import), and run \`up\` again`,
    );
  }
}

async function requestCreation(rds: RDSClient, identifier: string, inputs: PropertyValues): Promise<Created> {
  const creating = (how: string) => `creating RDS DB Instance${how} (${identifier})`;
  const later = (properties: string[]) => afterCreateRequest(identifier, inputs, properties);
  if (inputs.replicateSourceDb) {
    const { DBInstance: created } = await attempt(creating(" (read replica)"), () =>
      rds.send(new CreateDBInstanceReadReplicaCommand(replicaRequest(identifier, inputs))),
    );
    return { created: created ?? {}, after: later(afterReplicaProperties) };
  }
  if (inputs.snapshotIdentifier) {
    const { DBInstance: created } = await attempt(creating(" (restore from snapshot)"), () =>
      rds.send(new RestoreDBInstanceFromDBSnapshotCommand(snapshotRequest(identifier, inputs))),
    );
    return { created: created ?? {}, after: later(afterSnapshotProperties) };
  }
  if (inputs.restoreToPointInTime) {
    const { DBInstance: created } = await attempt(creating(" (restore to point-in-time)"), () =>
      rds.send(new RestoreDBInstanceToPointInTimeCommand(pointInTimeRequest(identifier, inputs))),
    );
    return { created: created ?? {}, after: later(afterPointInTimeProperties) };
  }
  if (inputs.s3Import)
    throw new Error(`${creating(" (restore from S3)")}: s3Import is for MySQL only; the embedded cloud has PostgreSQL`);
  const missing = ["allocatedStorage", "engine", "username"].filter((name) => !inputs[name]);
  if (missing.length > 0) throw new Error(`${creating("")}: required, but not given: ${missing.join(", ")}`);
  const { DBInstance: created } = await attempt(creating(""), () =>
    rds.send(new CreateDBInstanceCommand(createRequest(identifier, inputs))),
  );
  const otherCertificate = inputs.caCertIdentifier && inputs.caCertIdentifier !== created?.CACertificateIdentifier;
  return { created: created ?? {}, after: otherCertificate ? later(["caCertIdentifier"]) : undefined };
}

/**
 * Waits until RDS has applied it. Changes for the maintenance window are not applied yet: the response then has the old
 * values, and so does state.
 */
async function modify(
  rds: RDSClient,
  request: ModifyDBInstanceCommandInput,
  id: string,
  context: Context<AwsConfig>,
): Promise<DBInstance> {
  const what = `updating RDS DB Instance (${request.DBInstanceIdentifier})`;
  await attempt(what, () => rds.send(new ModifyDBInstanceCommand(request)));
  return attempt(what, () =>
    waitAvailable(rds, id, { ...context, timeoutSeconds: context.timeoutSeconds ?? UPDATE_TIMEOUT_SECONDS }),
  );
}

/** Upstream promotes a replica whose program no longer names a source, and refuses another one. */
async function followSource(
  rds: RDSClient,
  old: PropertyValues,
  wanted: PropertyValues,
  context: Context<AwsConfig> & { id: string },
): Promise<void> {
  if (!old.replicateSourceDb || old.replicateSourceDb === wanted.replicateSourceDb) return;
  const what = `promoting RDS DB Instance (${old.identifier})`;
  if (wanted.replicateSourceDb) throw new Error(`${what}: cannot elect new source database for replication`);
  const given = { BackupRetentionPeriod: wanted.backupRetentionPeriod, PreferredBackupWindow: wanted.backupWindow };
  await attempt(what, () =>
    rds.send(new PromoteReadReplicaCommand({ DBInstanceIdentifier: old.identifier, ...given })),
  );
  await attempt(what, () =>
    waitAvailable(rds, context.id, { ...context, timeoutSeconds: context.timeoutSeconds ?? UPDATE_TIMEOUT_SECONDS }),
  );
}

/** A parameter group given to a replica requires a restart, which upstream makes part of the creation. */
const needsReboot = (live: DBInstance, inputs: PropertyValues): boolean =>
  Boolean(inputs.replicateSourceDb) && live.DBParameterGroups?.[0]?.ParameterApplyStatus === "pending-reboot";

async function reboot(rds: RDSClient, live: DBInstance, context: Context<AwsConfig>): Promise<DBInstance> {
  await rds.send(new RebootDBInstanceCommand({ DBInstanceIdentifier: live.DBInstanceIdentifier }));
  return waitAvailable(rds, live.DbiResourceId ?? "", {
    ...context,
    timeoutSeconds: context.timeoutSeconds ?? UPDATE_TIMEOUT_SECONDS,
  });
}

/**
 * Upstream would create, switch over and delete in this one update, with no check in between: the platform does that as
 * a workflow instead.
 */
function refuseBlueGreen(wanted: PropertyValues): void {
  if (!wanted.blueGreenUpdate?.enabled) return;
  throw new Error(
    "blueGreenUpdate: blue/green deployments have no embedded counterpart; leave it out, the change is then made in place",
  );
}

async function requestDeletion(rds: RDSClient, old: PropertyValues): Promise<true> {
  try {
    await rds.send(
      new DeleteDBInstanceCommand({
        DBInstanceIdentifier: old.identifier,
        DeleteAutomatedBackups: old.deleteAutomatedBackups ?? true,
        SkipFinalSnapshot: old.skipFinalSnapshot ?? false,
        ...(old.skipFinalSnapshot ? {} : { FinalDBSnapshotIdentifier: old.finalSnapshotIdentifier }),
      }),
    );
  } catch (error) {
    if (!isError(error, "InvalidDBInstanceState") || !messageOf(error).includes("already being deleted")) throw error;
  }
  return true;
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

import { z } from "zod";
import { action, type Action, type Call } from "../../wire/action";
import { rdsArn, type RdsArnKind } from "../../wire/arn";
import { AwsError } from "../../wire/aws-error";
import { newInstance } from "../instances/create-instance";
import { describeInstance, instanceArn } from "../instances/describe-instance";
import { createInput, modifyInput, type ModifyInput } from "../instances/instance-input";
import type { DeferrableChanges, InstanceRecord, InstanceShape, InstanceStatus } from "../instances/instance-record";
import { hasFault } from "../instances/instances";
import { modificationOf, type Modification } from "../instances/modify-instance";
import {
  checkModifiedReplication,
  delayed,
  refuseReplication,
  sayDelayed,
  withoutThose,
} from "../replicas/replica-set";
import { checkIdentifier } from "../instances/setting-checks";
import { limits } from "../../limits";
import { filtered, page } from "../../wire/paging";
import { boolean, paging, text } from "../../wire/query-input";

const named = { DBInstanceIdentifier: text };

export const instanceActions: Action[] = [
  action({
    name: "CreateDBInstance",
    input: createInput,
    run: (input, call) => answer(call.cloud.instances.begin(newInstance(input, call), { kind: "create" }), call),
  }),
  action({
    name: "DescribeDBInstances",
    input: z.strictObject({ ...paging, DBInstanceIdentifier: text.optional() }),
    async run(input, call) {
      const { cloud, region } = call;
      const found =
        input.DBInstanceIdentifier === undefined
          ? cloud.instances.list(region)
          : [byName("db", input.DBInstanceIdentifier, call, (name) => cloud.instances.get(region, name))];
      const kept = filtered(found, input.Filters, {
        "db-instance-id": (instance) => [instance.shape.DBInstanceIdentifier, instanceArn(instance, cloud.accountId)],
        "dbi-resource-id": (instance) => [instance.resourceId],
        "db-cluster-id": () => [],
        domain: () => [],
        engine: (instance) => [instance.shape.Engine],
      });
      const { entries, ...rest } = page(kept, input, (instance) => instance.shape.DBInstanceIdentifier);
      await Promise.all([cloud.restorableTimes.refresh(entries), cloud.replication.refresh(entries)]);
      return { ...rest, DBInstances: entries.map((instance) => describeInstance(instance, cloud)) };
    },
  }),
  action({ name: "ModifyDBInstance", input: modifyInput, run: modify }),
  action({
    name: "RebootDBInstance",
    input: z.strictObject({ ...named, ForceFailover: boolean.optional() }),
    run(input, call) {
      const instance = instanceInState(input.DBInstanceIdentifier, call, "rebooted", [
        "available",
        "incompatible-parameters",
        "failed",
      ]);
      // A reboot retries the operation that the fault interrupted, even the creation of the database, instead of
      // dropping it.
      if (instance.operation !== undefined && instance.operation.kind !== "reboot")
        return answer(call.cloud.instances.retry(instance), call);
      if (input.ForceFailover) failOver(instance, call);
      return answer(call.cloud.instances.begin(instance, { kind: "reboot" }), call);
    },
  }),
  action({
    name: "StartDBInstance",
    input: z.strictObject(named),
    run: (input, call) =>
      answer(
        call.cloud.instances.begin(instanceInState(input.DBInstanceIdentifier, call, "started", ["stopped"]), {
          kind: "start",
        }),
        call,
      ),
  }),
  action({
    name: "StopDBInstance",
    input: z.strictObject(named),
    run(input, call) {
      const instance = instanceInState(input.DBInstanceIdentifier, call, "stopped", ["available"]);
      refuseReplication(instance, "stopped", call.cloud);
      return answer(call.cloud.instances.begin(instance, { kind: "stop" }), call);
    },
  }),
  action({
    name: "DeleteDBInstance",
    input: z.strictObject({
      ...named,
      SkipFinalSnapshot: boolean.default(false),
      FinalDBSnapshotIdentifier: text.optional(),
      DeleteAutomatedBackups: boolean.default(true),
    }),
    run: remove,
  }),
];

function modify(input: ModifyInput, call: Call): object {
  const { instances, clock } = call.cloud;
  const instance = instanceInState(input.DBInstanceIdentifier, call, "modified", [
    "available",
    "storage-full",
    "incompatible-parameters",
    "incompatible-network",
  ]);
  checkModifiedReplication(instance, input, call.cloud);
  const modification = modificationOf(instance, input, call);
  const changed = withImmediateChanges(instance, modification, call);
  const pending = withoutUnchanged({ ...changed.pending, ...modification.deferrable }, changed.shape);
  const isPending = Object.keys(pending).length > 0;
  const next: InstanceRecord = {
    ...changed,
    pending,
    ...(isPending ? { pendingSince: changed.pendingSince ?? clock.now().toISOString() } : {}),
  };
  if (!isPending || input.ApplyImmediately) delete next.pendingSince;
  // A failed instance takes the changes directly and retries its interrupted operation.
  if (hasFault(instance))
    return answer(
      instances.retry(input.ApplyImmediately ? { ...next, shape: { ...next.shape, ...pending }, pending: {} } : next),
      call,
    );
  if (!input.ApplyImmediately)
    return answer(instances.begin(next, { kind: "modify", changes: {} }, statusOf({}, modification)), call);
  const waits = delayed(instance, pending, call.cloud);
  const changes = withoutThose(pending, waits);
  if (waits.EngineVersion) sayDelayed(instance, call.cloud);
  const begun = instances.begin(
    {
      ...next,
      pending: waits,
      ...(Object.keys(waits).length > 0 ? { pendingSince: clock.now().toISOString() } : {}),
    },
    { kind: "modify", changes, rotateMasterPassword: modification.rotateMasterPassword },
    statusOf(changes, modification),
  );
  return answer(begun, call);
}

/** What takes effect at once is in the record before the work on the database begins. */
function withImmediateChanges(instance: InstanceRecord, modification: Modification, call: Call): InstanceRecord {
  const changed: InstanceRecord = { ...instance, shape: { ...instance.shape, ...modification.now } };
  if (modification.newMasterPassword !== undefined) changed.newMasterPassword = modification.newMasterPassword;
  const managed = modification.manageMasterPassword;
  if (managed?.on) changed.masterSecret = { kmsKeyId: managed.kmsKeyId };
  if (managed && !managed.on) delete changed.masterSecret;
  if (modification.parameterGroup !== undefined && modification.parameterGroup !== instance.parameterGroup.name) {
    changed.parameterGroup = { name: modification.parameterGroup, status: "pending-reboot" };
    call.cloud.events.say(
      instance.region,
      "db-instance",
      instance.shape.DBInstanceIdentifier,
      ["configuration change"],
      `Updated to use DBParameterGroup ${modification.parameterGroup}`,
    );
  }
  return changed;
}

/** A change back to the current value removes an earlier pending one. */
function withoutUnchanged(pending: DeferrableChanges, shape: InstanceShape): DeferrableChanges {
  return Object.fromEntries(
    Object.entries(pending).filter(([name, value]) => shape[name as keyof InstanceShape] !== value),
  ) as DeferrableChanges;
}

function statusOf(changes: DeferrableChanges, modification: Modification): InstanceStatus {
  if (changes.EngineVersion !== undefined) return "upgrading";
  return modification.newMasterPassword !== undefined || modification.rotateMasterPassword
    ? "resetting-master-credentials"
    : "modifying";
}

function failOver(instance: InstanceRecord, call: Call): void {
  const { shape } = instance;
  if (!shape.MultiAZ || shape.SecondaryAvailabilityZone === undefined)
    throw new AwsError(
      "InvalidParameterCombination",
      "ForceFailover cannot be specified since the instance is not configured for either MultiAZ or High Availability",
    );
  [shape.AvailabilityZone, shape.SecondaryAvailabilityZone] = [shape.SecondaryAvailabilityZone, shape.AvailabilityZone];
  call.cloud.events.say(
    instance.region,
    "db-instance",
    shape.DBInstanceIdentifier,
    ["failover"],
    "Multi-AZ instance failover completed",
  );
}

function remove(
  input: {
    DBInstanceIdentifier: string;
    SkipFinalSnapshot: boolean;
    FinalDBSnapshotIdentifier?: string | undefined;
    DeleteAutomatedBackups: boolean;
  },
  call: Call,
): object {
  const { instances, snapshots } = call.cloud;
  const instance = instances.get(call.region, input.DBInstanceIdentifier);
  if (instance.status === "deleting")
    throw new AwsError(
      "InvalidDBInstanceState",
      `instance ${instance.shape.DBInstanceIdentifier} is already being deleted.`,
    );
  if (instance.shape.DeletionProtection)
    throw new AwsError(
      "InvalidParameterCombination",
      `cannot delete protected DB Instance ${instance.shape.DBInstanceIdentifier}, please disable deletion protection and try again.`,
    );
  const name = input.FinalDBSnapshotIdentifier;
  if (instance.replicaOf !== undefined && !input.SkipFinalSnapshot)
    throw new AwsError(
      "InvalidParameterCombination",
      "FinalDBSnapshotIdentifier can not be specified when deleting a replica instance; give SkipFinalSnapshot",
    );
  if (input.SkipFinalSnapshot && name !== undefined)
    throw new AwsError(
      "InvalidParameterCombination",
      "FinalDBSnapshotIdentifier cannot be specified when deleting a DB instance with SkipFinalSnapshot",
    );
  if (!input.SkipFinalSnapshot) {
    if (name === undefined)
      throw new AwsError(
        "InvalidParameterCombination",
        "FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified.",
      );
    checkIdentifier("FinalDBSnapshotIdentifier", name, 255);
    if (snapshots.find(call.region, name))
      throw new AwsError(
        "DBSnapshotAlreadyExists",
        `cannot create the snapshot because a snapshot with the identifier ${name} already exists.`,
      );
    if (snapshots.list(call.region).length >= limits.manualSnapshots)
      throw new AwsError(
        "SnapshotQuotaExceeded",
        `the quota of ${limits.manualSnapshots} manual snapshots in this Region is used up`,
      );
    if (!["available", "stopped"].includes(instance.status))
      throw new AwsError(
        "InvalidDBInstanceState",
        `instance ${instance.shape.DBInstanceIdentifier} is ${instance.status}: a final snapshot can't be taken; delete it with SkipFinalSnapshot`,
      );
  }
  return answer(
    instances.begin(instance, {
      kind: "delete",
      keepBackups: !input.DeleteAutomatedBackups,
      step: input.SkipFinalSnapshot ? "remove" : "snapshot",
      ...(name === undefined ? {} : { finalSnapshot: name }),
    }),
    call,
  );
}

function instanceInState(identifier: string, call: Call, verb: string, allowed: InstanceStatus[]): InstanceRecord {
  const instance = call.cloud.instances.get(call.region, identifier);
  if (allowed.includes(instance.status)) return instance;
  throw new AwsError(
    "InvalidDBInstanceState",
    `instance ${instance.shape.DBInstanceIdentifier} is ${instance.status}; it can be ${verb} only when it is ${allowed.join(" or ")}.`,
  );
}

/** Describe accepts a name or an ARN. An ARN of another account, Region or kind names nothing here. */
export function byName<Found>(
  kind: RdsArnKind,
  nameOrArn: string,
  { cloud, region }: Call,
  get: (name: string) => Found,
): Found {
  const own = rdsArn(cloud.accountId, region, kind, "");
  return get(nameOrArn.startsWith(own) ? nameOrArn.slice(own.length) : nameOrArn);
}

const answer = (instance: InstanceRecord, call: Call): object => ({
  DBInstance: describeInstance(instance, call.cloud),
});

import { z } from "zod";
import { action, type Action, type Call } from "../../wire/action";
import { AwsError } from "../../wire/aws-error";
import { restoreWindow, type AutomatedBackupRecord } from "../backups/automated-backups";
import { findAutomatedBackup } from "../backups/find-automated-backup";
import { describeInstance } from "../instances/describe-instance";
import type { InstanceRecord, RestoreOrigin } from "../instances/instance-record";
import { restoredInstance, restoredSettings } from "../instances/restore-instance";
import { boolean, integer, text, timestamp } from "../../wire/query-input";
import { findSnapshot } from "../snapshots/find-snapshot";

const pointInTimeInput = z.strictObject({
  ...restoredSettings,
  TargetDBInstanceIdentifier: text,
  SourceDBInstanceIdentifier: text.optional(),
  SourceDbiResourceId: text.optional(),
  SourceDBInstanceAutomatedBackupsArn: text.optional(),
  RestoreTime: timestamp.optional(),
  UseLatestRestorableTime: boolean.default(false),
  MaxAllocatedStorage: integer.optional(),
});

export const restoreActions: Action[] = [
  action({
    name: "RestoreDBInstanceToPointInTime",
    input: pointInTimeInput,
    async run(input, call) {
      const {
        TargetDBInstanceIdentifier: identifier,
        SourceDBInstanceIdentifier: _name,
        SourceDbiResourceId: _id,
        SourceDBInstanceAutomatedBackupsArn: _arn,
        RestoreTime: _time,
        UseLatestRestorableTime: _latest,
        ...settings
      } = input;
      const backup = await sourceOf(input, call);
      const target = targetOf(input, backup);
      const base = backup.base.findLast(({ restorableFrom }) => Date.parse(restorableFrom) <= target.getTime())!;
      const live = call.cloud.instances.byResourceId(backup.resourceId);
      const source = live ? { ...backup.source, shape: live.shape, tags: live.tags } : backup.source;
      const shape = { ...source.shape, EngineVersion: versionAt(target, backup) ?? source.shape.EngineVersion };
      return begin(
        restoredInstance(identifier, settings, { ...source, shape }, call),
        { base: { resourceId: backup.resourceId, id: base.id }, target: target.toISOString() },
        call,
      );
    },
  }),
  action({
    name: "RestoreDBInstanceFromDBSnapshot",
    input: z.strictObject({ ...restoredSettings, DBInstanceIdentifier: text, DBSnapshotIdentifier: text }),
    run(input, call) {
      const { DBInstanceIdentifier: identifier, DBSnapshotIdentifier: name, ...settings } = input;
      const { snapshot, origin } = findSnapshot(name, call);
      if (snapshot.status !== "available")
        throw new AwsError(
          "InvalidDBSnapshotState",
          `the snapshot ${snapshot.identifier} is ${snapshot.status}; it can be restored only when it is available.`,
        );
      return begin(
        restoredInstance(identifier, settings, { ...snapshot.source, tags: snapshot.tags }, call),
        origin,
        call,
      );
    },
  }),
];

/** What ran then, if it was upgraded since; a snapshot of that time has the same version. */
const versionAt = (target: Date, { upgrades = [] }: AutomatedBackupRecord): string | undefined =>
  upgrades.find(({ at }) => Date.parse(at) > target.getTime())?.from;

async function sourceOf(input: z.output<typeof pointInTimeInput>, call: Call): Promise<AutomatedBackupRecord> {
  const named = [
    input.SourceDBInstanceIdentifier,
    input.SourceDbiResourceId,
    input.SourceDBInstanceAutomatedBackupsArn,
  ].filter((name) => name !== undefined);
  if (named.length !== 1)
    throw new AwsError(
      "InvalidParameterCombination",
      "exactly one of SourceDBInstanceIdentifier, SourceDbiResourceId and SourceDBInstanceAutomatedBackupsArn must be given",
    );
  const backup = findAutomatedBackup(
    {
      identifier: input.SourceDBInstanceIdentifier,
      resourceId: input.SourceDbiResourceId,
      arn: input.SourceDBInstanceAutomatedBackupsArn,
    },
    call,
  );
  const live = call.cloud.instances.byResourceId(backup.resourceId);
  if (live) await call.cloud.restorableTimes.refresh([live]);
  return call.cloud.backups.get(backup.resourceId) ?? backup;
}

/**
 * A whole second within the restorable window: recovery would not refuse a time before the first backup, it would
 * silently stop later.
 */
function targetOf(
  input: { RestoreTime?: Date | undefined; UseLatestRestorableTime: boolean },
  backup: AutomatedBackupRecord,
): Date {
  if ((input.RestoreTime !== undefined) === input.UseLatestRestorableTime)
    throw new AwsError(
      "InvalidParameterCombination",
      "exactly one of RestoreTime and UseLatestRestorableTime must be given",
    );
  const window = restoreWindow(backup);
  const name = backup.source.shape.DBInstanceIdentifier;
  if (!window)
    throw new AwsError(
      "InvalidRestoreFault",
      `DB instance ${name} has no restorable time yet: its first automated backup is not complete`,
    );
  if (input.RestoreTime === undefined) return window.latest;
  const target = new Date(Math.floor(input.RestoreTime.getTime() / 1000) * 1000);
  const allowed = `the restorable time of ${name} is from ${window.earliest.toISOString()} to ${window.latest.toISOString()}`;
  if (target > window.latest)
    throw new AwsError(
      "InvalidRestoreFault",
      `cannot restore to ${target.toISOString()}, which is after the latest restorable time: ${allowed}`,
    );
  if (target < window.earliest)
    throw new AwsError(
      "InvalidRestoreFault",
      `cannot restore to ${target.toISOString()}, which is before the earliest restorable time: ${allowed}`,
    );
  return target;
}

function begin(instance: InstanceRecord, from: RestoreOrigin, call: Call): object {
  return { DBInstance: describeInstance(call.cloud.instances.begin(instance, { kind: "restore", from }), call.cloud) };
}

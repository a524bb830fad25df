import { z } from "zod";
import { takeCopy } from "../../../postgres/backups";
import { action, type Action, type Call } from "../../wire/action";
import { rdsArn } from "../../wire/arn";
import { AwsError } from "../../wire/aws-error";
import { keyArn } from "../instances/references";
import { checkIdentifier } from "../instances/setting-checks";
import { limits } from "../../limits";
import { filtered, page } from "../../wire/paging";
import { boolean, paging, tags, text } from "../../wire/query-input";
import { describeSnapshot, manual, snapshotArn } from "../snapshots/describe-snapshot";
import { allSnapshots, findSnapshot } from "../snapshots/find-snapshot";
import { snapshotOf } from "../snapshots/snapshots";

export const snapshotActions: Action[] = [
  action({
    name: "CreateDBSnapshot",
    input: z.strictObject({ DBSnapshotIdentifier: text, DBInstanceIdentifier: text, Tags: tags.optional() }),
    run(input, call) {
      const { cloud, region } = call;
      const instance = cloud.instances.get(region, input.DBInstanceIdentifier);
      refuseName(input.DBSnapshotIdentifier, call);
      if (instance.status !== "available")
        throw new AwsError(
          "InvalidDBInstanceState",
          `instance ${instance.shape.DBInstanceIdentifier} is ${instance.status}; a snapshot of it can be taken only when it is available.`,
        );
      if (instance.replicaOf !== undefined)
        throw new AwsError(
          "InvalidDBInstanceState",
          `instance ${instance.shape.DBInstanceIdentifier} is a read replica; the embedded cloud takes snapshots of its source only.`,
        );
      const snapshot = snapshotOf(instance, input.DBSnapshotIdentifier, cloud.clock.now(), input.Tags);
      cloud.snapshots.put(snapshot);
      cloud.events.say(region, "db-snapshot", snapshot.identifier, ["creation"], "Creating manual snapshot");
      cloud.instances.begin(instance, { kind: "backup", snapshot: snapshot.identifier });
      return { DBSnapshot: describeSnapshot(manual(snapshot), cloud.accountId) };
    },
  }),
  action({
    name: "CopyDBSnapshot",
    input: z.strictObject({
      SourceDBSnapshotIdentifier: text,
      TargetDBSnapshotIdentifier: text,
      CopyTags: boolean.default(false),
      Tags: tags.optional(),
      KmsKeyId: text.optional(),
    }),
    async run(input, call) {
      const { cloud, region } = call;
      const { snapshot: source, origin } = findSnapshot(input.SourceDBSnapshotIdentifier, call);
      refuseName(input.TargetDBSnapshotIdentifier, call);
      if (source.status !== "available")
        throw new AwsError(
          "InvalidDBSnapshotState",
          `the snapshot ${source.identifier} is ${source.status}; it can be copied only when it is available.`,
        );
      const identifier = input.TargetDBSnapshotIdentifier.toLowerCase();
      const folder =
        "snapshot" in origin
          ? cloud.snapshots.folder(region, origin.snapshot)
          : cloud.backups.baseFolder(origin.base.resourceId, origin.base.id);
      // The copy of an encrypted snapshot keeps its key unless another is given; giving one encrypts an unencrypted
      // snapshot.
      const encrypted = input.KmsKeyId ? { StorageEncrypted: true, KmsKeyId: keyArn(call, input.KmsKeyId) } : {};
      await takeCopy(folder, cloud.snapshots.folder(region, identifier));
      const copy = {
        identifier,
        region,
        status: "available" as const,
        createdAt: cloud.clock.now().toISOString(),
        originallyCreatedAt: source.originallyCreatedAt ?? source.createdAt,
        copyOf: snapshotArn(source, cloud.accountId),
        source: { ...source.source, shape: { ...source.source.shape, ...encrypted } },
        tags: input.Tags?.length ? input.Tags : input.CopyTags ? source.tags : [],
      };
      cloud.snapshots.put(copy);
      cloud.events.say(region, "db-snapshot", identifier, ["creation"], "Manual snapshot created");
      return { DBSnapshot: describeSnapshot(manual(copy), cloud.accountId) };
    },
  }),
  action({
    name: "DescribeDBSnapshots",
    input: z.strictObject({
      ...paging,
      DBInstanceIdentifier: text.optional(),
      DBSnapshotIdentifier: text.optional(),
      DbiResourceId: text.optional(),
      SnapshotType: text.optional(),
      IncludeShared: boolean.optional(),
      IncludePublic: boolean.optional(),
    }),
    run(input, call) {
      const found = (
        input.DBSnapshotIdentifier === undefined ? allSnapshots(call) : [findSnapshot(input.DBSnapshotIdentifier, call)]
      ).map(({ snapshot }) => snapshot);
      const requested = found.filter(
        ({ source, type }) =>
          [undefined, source.shape.DBInstanceIdentifier].includes(input.DBInstanceIdentifier?.toLowerCase()) &&
          [undefined, source.resourceId.toLowerCase()].includes(input.DbiResourceId?.toLowerCase()) &&
          [undefined, type].includes(input.SnapshotType?.toLowerCase() as typeof type | undefined),
      );
      const kept = filtered(requested, input.Filters, {
        "db-instance-id": ({ source, region }) => [
          source.shape.DBInstanceIdentifier,
          rdsArn(call.cloud.accountId, region, "db", source.shape.DBInstanceIdentifier),
        ],
        "db-snapshot-id": ({ identifier }) => [identifier],
        "dbi-resource-id": ({ source }) => [source.resourceId],
        "snapshot-type": ({ type }) => [type],
        engine: ({ source }) => [source.shape.Engine],
      });
      const { entries, ...rest } = page(kept, input, (snapshot) => snapshot.identifier);
      return { ...rest, DBSnapshots: entries.map((one) => describeSnapshot(one, call.cloud.accountId)) };
    },
  }),
  action({
    name: "DeleteDBSnapshot",
    input: z.strictObject({ DBSnapshotIdentifier: text }),
    async run(input, call) {
      const { cloud, region } = call;
      const { snapshot } = findSnapshot(input.DBSnapshotIdentifier, call);
      if (snapshot.type === "automated")
        throw new AwsError(
          "InvalidDBSnapshotState",
          `the snapshot ${snapshot.identifier} is automated: it is deleted after its retention period or with its DB instance`,
        );
      const isRead = cloud.instances
        .list()
        .some(
          ({ operation }) =>
            operation?.kind === "restore" &&
            "snapshot" in operation.from &&
            operation.from.snapshot === snapshot.identifier,
        );
      if (snapshot.status === "creating" || isRead)
        throw new AwsError(
          "InvalidDBSnapshotState",
          `the snapshot ${snapshot.identifier} is ${isRead ? "being restored" : snapshot.status}`,
        );
      await cloud.snapshots.remove(cloud.snapshots.get(region, snapshot.identifier));
      cloud.events.say(region, "db-snapshot", snapshot.identifier, ["deletion"], "Deleted manual snapshot");
      return { DBSnapshot: { ...describeSnapshot(snapshot, cloud.accountId), Status: "deleted" } };
    },
  }),
];

function refuseName(identifier: string, { cloud, region }: Call): void {
  checkIdentifier("DBSnapshotIdentifier", identifier, 255);
  if (cloud.snapshots.find(region, identifier))
    throw new AwsError(
      "DBSnapshotAlreadyExists",
      `cannot create the snapshot because a snapshot with the identifier ${identifier} already exists.`,
    );
  if (cloud.snapshots.list(region).length >= limits.manualSnapshots)
    throw new AwsError(
      "SnapshotQuotaExceeded",
      `the quota of ${limits.manualSnapshots} manual snapshots in this Region is used up`,
    );
}

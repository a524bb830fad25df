import { rm } from "node:fs/promises";
import { z } from "zod";
import { action, type Action } from "../action";
import { AwsError } from "../aws-error";
import { filtered, page } from "../paging";
import { boolean, paging, text } from "../query-input";
import { describeSnapshot } from "../snapshots/snapshots";
import { byName } from "./instances";

export const snapshotActions: Action[] = [
  action({
    name: "DescribeDBSnapshots",
    input: z.strictObject({ ...paging, DBInstanceIdentifier: text.optional(), DBSnapshotIdentifier: text.optional(), DbiResourceId: text.optional(), SnapshotType: text.optional(), IncludeShared: boolean.optional(), IncludePublic: boolean.optional() }),
    run(input, { cloud, region }) {
      const found = input.DBSnapshotIdentifier === undefined ? cloud.snapshots.list(region) : [byName(input.DBSnapshotIdentifier, region, (name) => cloud.snapshots.get(region, name))];
      const asked = found.filter(
        ({ source }) =>
          [undefined, source.shape.DBInstanceIdentifier].includes(input.DBInstanceIdentifier?.toLowerCase()) && [undefined, source.resourceId].includes(input.DbiResourceId) && [undefined, "manual"].includes(input.SnapshotType),
      );
      const kept = filtered(asked, input.Filters, {
        "db-instance-id": ({ source }) => [source.shape.DBInstanceIdentifier],
        "db-snapshot-id": ({ identifier }) => [identifier],
        "dbi-resource-id": ({ source }) => [source.resourceId],
        "snapshot-type": () => ["manual"],
        engine: ({ source }) => [source.shape.Engine],
      });
      const { entries, ...rest } = page(kept, input, (snapshot) => snapshot.identifier);
      return { ...rest, DBSnapshots: entries.map(describeSnapshot) };
    },
  }),
  action({
    name: "DeleteDBSnapshot",
    input: z.strictObject({ DBSnapshotIdentifier: text }),
    async run(input, { cloud, region }) {
      const snapshot = cloud.snapshots.get(region, input.DBSnapshotIdentifier);
      if (snapshot.status !== "available") throw new AwsError("InvalidDBSnapshotState", `the snapshot ${snapshot.identifier} is ${snapshot.status}`);
      // The record first: what is left of the files if a kill comes between is found by nobody and replaced by a namesake.
      cloud.snapshots.remove(snapshot);
      await rm(cloud.snapshots.folder(region, snapshot.identifier), { recursive: true, force: true });
      cloud.events.say(region, "db-snapshot", snapshot.identifier, ["deletion"], "Deleted manual snapshot");
      return { DBSnapshot: { ...describeSnapshot(snapshot), Status: "deleted" } };
    },
  }),
  action({
    name: "DescribeDBInstanceAutomatedBackups",
    input: z.strictObject({ ...paging, DbiResourceId: text.optional(), DBInstanceIdentifier: text.optional(), DBInstanceAutomatedBackupsArn: text.optional() }),
    // The embedded cloud takes no automated backups, so none is the truth.
    run: () => ({ DBInstanceAutomatedBackups: [] }),
  }),
];

import { defineRule } from "../rule";
import { clusterSnapshotCopy, databases, globalCluster, snapshotCopy } from "../types";

export const requireEncryptionAtRest = defineRule({
  id: "require-encryption-at-rest",
  title: "Data, copies and snapshots are encrypted",
  severity: "critical",
  owner: "team-security",
  controls: ["RDS.3", "RDS.4", "RDS.27", "CKV_AWS_16"],
  properties: ["storageEncrypted", "kmsKeyId"],
  why: "Encryption can't be added to a database later, only by a restore into a new one; and a copy of what is not encrypted is not encrypted either.",
  solution: "Set `storageEncrypted` to true, on replicas and restores too; give a copy of a snapshot a `kmsKeyId`.",
  throwaways: true,
  types: [...databases, globalCluster, snapshotCopy, clusterSnapshotCopy],
  *check(resource) {
    if (resource.is(snapshotCopy, clusterSnapshotCopy)) {
      if (!resource.has("kmsKeyId")) yield { property: "kmsKeyId", found: undefined, allowed: "a key of the Region the copy lies in", change: "give kmsKeyId" };
      return;
    }
    const found = resource.boolean("storageEncrypted");
    if (!found)
      yield {
        property: "storageEncrypted",
        found,
        allowed: "true",
        change: "set storageEncrypted to true: this makes a new database, so restore a snapshot with a key and move there",
      };
  },
});

import { isRestored } from "../vocabulary/origin";
import { Undecided } from "../vocabulary/properties";
import type { Resource } from "../vocabulary/resource";
import { defineRule, type Found } from "../judging/rule";
import {
  clusterSnapshot,
  clusterSnapshotCopy,
  databases,
  globalCluster,
  snapshot,
  snapshotCopy,
} from "../vocabulary/types";

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
  types: [...databases, globalCluster, snapshot, clusterSnapshot, snapshotCopy, clusterSnapshotCopy],
  *check(resource) {
    if (resource.is(snapshotCopy, clusterSnapshotCopy)) {
      if (!resource.has("kmsKeyId"))
        yield {
          property: "kmsKeyId",
          found: undefined,
          allowed: "a key of the Region the copy lies in",
          change: "give kmsKeyId",
        };
      return;
    }
    if (resource.is(snapshot, clusterSnapshot)) return yield* snapshotInTheClear(resource);
    const found = resource.boolean("storageEncrypted");
    if (!found) yield { property: "storageEncrypted", found, allowed: "true", change: toEncrypt };
    // RDS takes the backup's encryption for the copy, whatever the program asks for; what came of it is in the state.
    else if (resource.is(...databases) && resource.reportedBy === "program" && isRestored(resource))
      throw new Undecided("storageEncrypted", "unknown");
  },
  // A preview has only the program's word, and is undecided above; after deployment this is AWS's.
  typesInStack: databases,
  *checkInStack(database) {
    if (database.reportedBy === "program" && isRestored(database) && database.boolean("storageEncrypted") === false)
      yield { property: "storageEncrypted", found: false, allowed: "true", change: toEncrypt };
  },
});

const toEncrypt =
  "set storageEncrypted to true: this makes a new database, so restore a snapshot with a key and move there";

/** What a program declares says nothing of it: a snapshot has the encryption of its database. */
function* snapshotInTheClear(resource: Resource): Iterable<Found> {
  const property = resource.is(snapshot) ? "encrypted" : "storageEncrypted";
  if (resource.reportedBy !== "program" && resource.boolean(property) === false)
    yield { property, found: false, allowed: "true", change: "copy it with a kmsKeyId, and delete this one" };
}

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
  why: "An existing database can't be encrypted, only restored into a new, encrypted one; and a copy of an unencrypted database is unencrypted too.",
  solution: "Set `storageEncrypted` to true, also on replicas and restores; set `kmsKeyId` on a copy of a snapshot.",
  throwaways: true,
  types: [...databases, globalCluster, snapshot, clusterSnapshot, snapshotCopy, clusterSnapshotCopy],
  *check(resource) {
    if (resource.is(snapshotCopy, clusterSnapshotCopy)) {
      if (!resource.has("kmsKeyId"))
        yield {
          property: "kmsKeyId",
          found: undefined,
          allowed: "a key in the copy's Region",
          change: "set kmsKeyId",
        };
      return;
    }
    if (resource.is(snapshot, clusterSnapshot)) return yield* unencryptedSnapshot(resource);
    const found = resource.boolean("storageEncrypted");
    if (!found) yield { property: "storageEncrypted", found, allowed: "true", change: toEncrypt };
    // A restore has its backup's encryption, whatever the program sets; the state shows the result.
    else if (resource.is(...databases) && resource.reportedBy === "program" && isRestored(resource))
      throw new Undecided("storageEncrypted", "unknown");
  },
  // In a preview this is only the program's input, so `check` leaves it undecided; after deployment it is the real value.
  typesInStack: databases,
  *checkInStack(database) {
    if (database.reportedBy === "program" && isRestored(database) && database.boolean("storageEncrypted") === false)
      yield { property: "storageEncrypted", found: false, allowed: "true", change: toEncrypt };
  },
});

const toEncrypt =
  "set storageEncrypted to true; this replaces the database, so restore an encrypted snapshot first and migrate to it";

/** A program cannot set it: a snapshot has the encryption of its database. */
function* unencryptedSnapshot(resource: Resource): Iterable<Found> {
  const property = resource.is(snapshot) ? "encrypted" : "storageEncrypted";
  if (resource.reportedBy !== "program" && resource.boolean(property) === false)
    yield { property, found: false, allowed: "true", change: "copy it with a kmsKeyId, and delete this one" };
}

import { unknown } from "../../../policypacks/database-guardrails/vocabulary/properties";
import { requireEncryptionAtRest } from "../../../policypacks/database-guardrails/rules/require-encryption-at-rest";
import {
  cluster,
  clusterSnapshot,
  snapshot,
  snapshotCopy,
} from "../../../policypacks/database-guardrails/vocabulary/types";
import { claims, database, some, throwaway } from "../fixtures";

claims(requireEncryptionAtRest, {
  passes: {
    "an encrypted database": database(),
    "a copy with a key of the same preview": some(snapshotCopy, { kmsKeyId: unknown }),
    "a restore, when the state says that it is encrypted": database(
      { snapshotIdentifier: "s" },
      { reportedBy: "state" },
    ),
    "a snapshot that a program takes": some(snapshot),
    "an encrypted snapshot": some(snapshot, { encrypted: true }, { reportedBy: "api" }),
  },
  fails: {
    "a database in the clear": [database({ storageEncrypted: false }), "storageEncrypted is false"],
    "nothing said": [database({ storageEncrypted: undefined }), "not set"],
    "a restore that came out in the clear": [
      database({ storageEncrypted: false, snapshotIdentifier: "s" }, { reportedBy: "state" }),
      "storageEncrypted is false",
    ],
    "a snapshot in the clear": [some(snapshot, { encrypted: false }, { reportedBy: "api" }), "encrypted is false"],
    "a cluster's snapshot in the clear": [
      some(clusterSnapshot, { storageEncrypted: false }, { reportedBy: "api" }),
      "copy it with a kmsKeyId",
    ],
    "a replica in the clear": [
      database({ storageEncrypted: undefined, replicateSourceDb: "orders-production" }),
      "not set",
    ],
    "a cluster in the clear": [some(cluster), "not set"],
    "a copy without a key": [some(snapshotCopy), "give kmsKeyId"],
    "a value of the wrong type": [database({ storageEncrypted: "perhaps" }), "true or false"],
  },
  undecided: {
    "a restore from a snapshot, whose encryption it takes": database({ snapshotIdentifier: "s" }),
    "a restore to a point in time": throwaway(),
    "a value that is not known": database({ storageEncrypted: unknown }),
  },
});

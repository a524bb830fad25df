import { unknown } from "../../../policypacks/database-guardrails/vocabulary/properties";
import { requireEncryptionAtRest } from "../../../policypacks/database-guardrails/rules/require-encryption-at-rest";
import {
  cluster,
  clusterSnapshot,
  snapshot,
  snapshotCopy,
} from "../../../policypacks/database-guardrails/vocabulary/types";
import { claims, database, resource, throwaway } from "../fixtures";

claims(requireEncryptionAtRest, {
  passes: {
    "an encrypted database": database(),
    "a copy with a key created in the same preview": resource(snapshotCopy, { kmsKeyId: unknown }),
    "a restore that is encrypted according to the state": database(
      { snapshotIdentifier: "s" },
      { reportedBy: "state" },
    ),
    "a snapshot taken by a program": resource(snapshot),
    "an encrypted snapshot": resource(snapshot, { encrypted: true }, { reportedBy: "api" }),
  },
  fails: {
    "an unencrypted database": [database({ storageEncrypted: false }), "storageEncrypted is false"],
    "no value": [database({ storageEncrypted: undefined }), "not set"],
    "a restore that is unencrypted according to the state": [
      database({ storageEncrypted: false, snapshotIdentifier: "s" }, { reportedBy: "state" }),
      "storageEncrypted is false",
    ],
    "an unencrypted snapshot": [resource(snapshot, { encrypted: false }, { reportedBy: "api" }), "encrypted is false"],
    "an unencrypted cluster snapshot": [
      resource(clusterSnapshot, { storageEncrypted: false }, { reportedBy: "api" }),
      "copy it with a kmsKeyId",
    ],
    "an unencrypted replica": [
      database({ storageEncrypted: undefined, replicateSourceDb: "orders-production" }),
      "not set",
    ],
    "an unencrypted cluster": [resource(cluster), "not set"],
    "a copy without a key": [resource(snapshotCopy), "set kmsKeyId"],
    "a value of the wrong type": [database({ storageEncrypted: "perhaps" }), "true or false"],
  },
  undecided: {
    "a restore from a snapshot, which has the snapshot's encryption": database({ snapshotIdentifier: "s" }),
    "a restore to a point in time": throwaway(),
    "an unknown value": database({ storageEncrypted: unknown }),
  },
});

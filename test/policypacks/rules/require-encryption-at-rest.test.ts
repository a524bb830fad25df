import { unknown } from "../../../policypacks/database-guardrails/properties";
import { requireEncryptionAtRest } from "../../../policypacks/database-guardrails/rules/require-encryption-at-rest";
import { cluster, snapshotCopy } from "../../../policypacks/database-guardrails/types";
import { claims, database, some, throwawayTags } from "../fixtures";

claims(requireEncryptionAtRest, {
  passes: {
    "an encrypted database": database(),
    "a copy with a key of the same preview": some(snapshotCopy, { kmsKeyId: unknown }),
    "an encrypted throwaway": database({ tags: throwawayTags }),
  },
  fails: {
    "a database in the clear": [database({ storageEncrypted: false }), "storageEncrypted is false"],
    "nothing said": [database({ storageEncrypted: undefined }), "not set"],
    "a replica in the clear": [database({ storageEncrypted: undefined, replicateSourceDb: "orders-production" }), "not set"],
    "a cluster in the clear": [some(cluster), "not set"],
    "a copy without a key": [some(snapshotCopy), "give kmsKeyId"],
    "a value of the wrong type": [database({ storageEncrypted: "perhaps" }), "true or false"],
  },
  undecided: { "a value that is not known": database({ storageEncrypted: unknown }) },
});

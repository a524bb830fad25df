import { unknown } from "../../../policypacks/database-guardrails/vocabulary/properties";
import { requireOwnKey } from "../../../policypacks/database-guardrails/rules/require-own-key";
import { key } from "../../../policypacks/database-guardrails/vocabulary/types";
import { claims, database, some } from "../fixtures";

const bare = some(key, { tags: { "shipshape:standard": "1.0.0" } });

claims(requireOwnKey, {
  passes: {
    "a key of ours": database(),
    "a key that the same preview makes": database({ kmsKeyId: unknown }),
    "a restore, which has its source's": database({ kmsKeyId: undefined, snapshotIdentifier: "s" }),
    "a key that rotates": { ...bare, properties: { ...bare.properties, enableKeyRotation: true } },
    "a key of something else": some(key),
  },
  fails: {
    "AWS's own key": [database({ kmsKeyId: undefined }), "kmsKeyId is not set"],
    "AWS's own key by its alias": [database({ kmsKeyId: "alias/aws/rds" }), 'kmsKeyId is "alias/aws/rds"'],
    "the same by the alias's ARN": [
      database({ kmsKeyId: "arn:aws:kms:eu-central-1:123456789012:alias/aws/rds" }),
      "a key of ours",
    ],
    "a key that never rotates": [bare, "enableKeyRotation is not set"],
    "a value of the wrong type": [
      { ...bare, properties: { ...bare.properties, enableKeyRotation: "yearly" } },
      "true or false",
    ],
  },
  undecided: {
    "a rotation that is not known": { ...bare, properties: { ...bare.properties, enableKeyRotation: unknown } },
  },
});

import { unknown } from "../../../policypacks/database-guardrails/vocabulary/properties";
import { requireOwnKey } from "../../../policypacks/database-guardrails/rules/require-own-key";
import { key } from "../../../policypacks/database-guardrails/vocabulary/types";
import { claims, database, resource } from "../fixtures";

const bare = resource(key, { tags: { "shipshape:standard": "1.0.0" } });

claims(requireOwnKey, {
  passes: {
    "our own key": database(),
    "a key created in the same preview": database({ kmsKeyId: unknown }),
    "a restore, which has its source's key": database({ kmsKeyId: undefined, snapshotIdentifier: "s" }),
    "a key that rotates": { ...bare, properties: { ...bare.properties, enableKeyRotation: true } },
    "a key that no database uses": resource(key),
  },
  fails: {
    "no key, so AWS's own": [database({ kmsKeyId: undefined }), "kmsKeyId is not set"],
    "AWS's own key by its alias": [database({ kmsKeyId: "alias/aws/rds" }), 'kmsKeyId is "alias/aws/rds"'],
    "AWS's own key by its alias's ARN": [
      database({ kmsKeyId: "arn:aws:kms:eu-central-1:123456789012:alias/aws/rds" }),
      "your own key",
    ],
    "a key that never rotates": [bare, "enableKeyRotation is not set"],
    "a value of the wrong type": [
      { ...bare, properties: { ...bare.properties, enableKeyRotation: "yearly" } },
      "true or false",
    ],
  },
  undecided: {
    "an unknown rotation": { ...bare, properties: { ...bare.properties, enableKeyRotation: unknown } },
  },
});

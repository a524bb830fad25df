import { unknown } from "../../../policypacks/database-guardrails/vocabulary/properties";
import { forbidKeyDeletion } from "../../../policypacks/database-guardrails/rules/forbid-key-deletion";
import { key, keyAlias, replicaKey } from "../../../policypacks/database-guardrails/vocabulary/types";
import { claims, database, some, urnOf } from "../fixtures";

const owned = { tags: { "shipshape:standard": "1.0.0", environment: "production" } };
const plain = some(key, { deletionWindowInDays: 7 }, { protect: false });
const user = database({}, { name: "db", dependencies: { kmsKeyId: [urnOf(plain)] } });

claims(forbidKeyDeletion, {
  passes: {
    "a protected key with the longest window": some(key, { ...owned, deletionWindowInDays: 30 }, { protect: true }),
    "a window that is AWS's own, the longest": some(key, owned, { protect: true }),
    "a short window outside production": some(
      key,
      { deletionWindowInDays: 7, tags: { ...owned.tags, environment: "development" } },
      { protect: true },
    ),
    "a key of something else": plain,
  },
  fails: {
    "a key nothing protects": [some(key, owned, { protect: false }), "protect is false"],
    "a short window": [
      some(key, { ...owned, deletionWindowInDays: 7 }, { protect: true }),
      "deletionWindowInDays is 7; allowed: 30",
    ],
    "the key of a database in the same stack": [[plain, user], "protect is false"],
    "a key that is given by its alias": [
      [
        plain,
        some(keyAlias, {}, { name: "alias", dependencies: { targetKeyId: [urnOf(plain)] } }),
        database({}, { dependencies: { kmsKeyId: ["urn:pulumi:test::shipshape::aws:kms/alias:Alias::alias"] } }),
      ],
      "protect is false",
    ],
    "a key that is given by its alias's name": [
      [
        plain,
        some(keyAlias, { name: "alias/orders" }, { name: "alias", dependencies: { targetKeyId: [urnOf(plain)] } }),
        database({ kmsKeyId: "alias/orders" }),
      ],
      "protect is false",
    ],
    "a key that is given by its ARN": [
      [some(key, { arn: "arn:aws:kms:eu-central-1:123456789012:key/1" }, { protect: false }), database()],
      "protect is false",
    ],
    "a key's replica in another Region": [
      [
        some(replicaKey, { deletionWindowInDays: 7 }, { protect: false }),
        database({}, { name: "db", dependencies: { kmsKeyId: [urnOf(some(replicaKey))] } }),
      ],
      "protect is false",
    ],
    "a value of the wrong type": [some(key, { ...owned, deletionWindowInDays: "long" }, { protect: true }), "a number"],
  },
  undecided: {
    "a window that is not known": some(key, { ...owned, deletionWindowInDays: unknown }, { protect: true }),
  },
});

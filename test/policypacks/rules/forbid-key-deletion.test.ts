import { unknown } from "../../../policypacks/database-guardrails/vocabulary/properties";
import { forbidKeyDeletion } from "../../../policypacks/database-guardrails/rules/forbid-key-deletion";
import { key, keyAlias, replicaKey } from "../../../policypacks/database-guardrails/vocabulary/types";
import { claims, database, resource, urnOf } from "../fixtures";

const owned = { tags: { "shipshape:standard": "1.0.0", environment: "production" } };
const plain = resource(key, { deletionWindowInDays: 7 }, { protect: false });
const user = database({}, { name: "db", dependencies: { kmsKeyId: [urnOf(plain)] } });

claims(forbidKeyDeletion, {
  passes: {
    "a protected key with the longest window": resource(key, { ...owned, deletionWindowInDays: 30 }, { protect: true }),
    "no window, so AWS's default, which is the longest": resource(key, owned, { protect: true }),
    "a short window outside production": resource(
      key,
      { deletionWindowInDays: 7, tags: { ...owned.tags, environment: "development" } },
      { protect: true },
    ),
    "a key that no database uses": plain,
  },
  fails: {
    "an unprotected key": [resource(key, owned, { protect: false }), "protect is false"],
    "a short window": [
      resource(key, { ...owned, deletionWindowInDays: 7 }, { protect: true }),
      "deletionWindowInDays is 7; allowed: 30",
    ],
    "the key of a database in the same stack": [[plain, user], "protect is false"],
    "a key used by its alias": [
      [
        plain,
        resource(keyAlias, {}, { name: "alias", dependencies: { targetKeyId: [urnOf(plain)] } }),
        database({}, { dependencies: { kmsKeyId: ["urn:pulumi:test::shipshape::aws:kms/alias:Alias::alias"] } }),
      ],
      "protect is false",
    ],
    "a key used by the name of its alias": [
      [
        plain,
        resource(keyAlias, { name: "alias/orders" }, { name: "alias", dependencies: { targetKeyId: [urnOf(plain)] } }),
        database({ kmsKeyId: "alias/orders" }),
      ],
      "protect is false",
    ],
    "a key used by its ARN": [
      [resource(key, { arn: "arn:aws:kms:eu-central-1:123456789012:key/1" }, { protect: false }), database()],
      "protect is false",
    ],
    "a key's replica in another Region": [
      [
        resource(replicaKey, { deletionWindowInDays: 7 }, { protect: false }),
        database({}, { name: "db", dependencies: { kmsKeyId: [urnOf(resource(replicaKey))] } }),
      ],
      "protect is false",
    ],
    "a value of the wrong type": [
      resource(key, { ...owned, deletionWindowInDays: "long" }, { protect: true }),
      "a number",
    ],
  },
  undecided: {
    "an unknown window": resource(key, { ...owned, deletionWindowInDays: unknown }, { protect: true }),
  },
});

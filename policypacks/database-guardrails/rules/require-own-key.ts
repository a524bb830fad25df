import { keysOfDatabases } from "../vocabulary/keys";
import { isCopy } from "../vocabulary/origin";
import { canonical } from "../vocabulary/properties";
import { defineRule } from "../judging/rule";
import { databases, key } from "../vocabulary/types";

export const requireOwnKey = defineRule({
  id: "require-own-key",
  title: "The key is our own, and rotates",
  severity: "medium",
  owner: "team-security",
  controls: ["KMS.4", "CKV_AWS_7"],
  properties: ["kmsKeyId", "enableKeyRotation"],
  why: "Snapshots encrypted with AWS's key can't be shared with another account, so no backup leaves this one. And who may decrypt is decided by the policy of the key, which AWS's own does not let us write.",
  solution: "Give the platform's key as `kmsKeyId`. On a key of your own set `enableKeyRotation` to true.",
  throwaways: true,
  types: databases,
  typesInStack: [key],
  *check(database) {
    const named = database.text("kmsKeyId");
    if (named !== undefined && /(^|:)alias\/aws\//.test(canonical(named)))
      yield {
        property: "kmsKeyId",
        found: named,
        allowed: "a key of ours: this is AWS's own",
        change: "give the platform's key",
      };
    // A restore has the key of its source, and what was adopted the one it had; only a new database gets AWS's when
    // nothing is said.
    if (database.has("kmsKeyId") || isCopy(database) || (database.adopted && database.reportedBy === "program")) return;
    yield {
      property: "kmsKeyId",
      found: undefined,
      allowed: "the ARN of a key of ours",
      change: "give kmsKeyId: on a living database this makes a new one",
    };
  },
  *checkInStack(resource, stack) {
    if (!keysOfDatabases(stack).includes(resource)) return;
    const found = resource.boolean("enableKeyRotation");
    if (!found)
      yield { property: "enableKeyRotation", found, allowed: "true", change: "set enableKeyRotation to true" };
  },
});

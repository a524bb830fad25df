import { keysOfDatabases } from "../vocabulary/keys";
import { isCopy } from "../vocabulary/origin";
import { canonical } from "../vocabulary/properties";
import { defineRule } from "../judging/rule";
import { databases, key } from "../vocabulary/types";

export const requireOwnKey = defineRule({
  id: "require-own-key",
  title: "The encryption key is our own, and rotates",
  severity: "medium",
  owner: "team-security",
  controls: ["KMS.4", "CKV_AWS_7"],
  properties: ["kmsKeyId", "enableKeyRotation"],
  why: "Snapshots encrypted with AWS's key can't be shared with another account, so no backup can be kept outside this one. And the key's policy decides who may decrypt, but the policy of AWS's key can't be changed.",
  solution: "Set `kmsKeyId` to the platform's key. On your own key, set `enableKeyRotation` to true.",
  throwaways: true,
  types: databases,
  typesInStack: [key],
  *check(database) {
    const named = database.text("kmsKeyId");
    if (named !== undefined && /(^|:)alias\/aws\//.test(canonical(named)))
      yield {
        property: "kmsKeyId",
        found: named,
        allowed: "your own key, not AWS's",
        change: "set kmsKeyId to the platform's key",
      };
    // A restore has its source's key, and an adopted database keeps its own; only a new database gets AWS's key by
    // default.
    if (database.has("kmsKeyId") || isCopy(database) || (database.adopted && database.reportedBy === "program")) return;
    yield {
      property: "kmsKeyId",
      found: undefined,
      allowed: "the ARN of your own key",
      change: "set kmsKeyId; on an existing database this creates a replacement",
    };
  },
  *checkInStack(resource, stack) {
    if (!keysOfDatabases(stack).includes(resource)) return;
    const found = resource.boolean("enableKeyRotation");
    if (!found)
      yield { property: "enableKeyRotation", found, allowed: "true", change: "set enableKeyRotation to true" };
  },
});

import { unknown, encrypted } from "../../../policypacks/database-guardrails/vocabulary/properties";
import { forbidPublicAccess } from "../../../policypacks/database-guardrails/rules/forbid-public-access";
import { clusterInstance } from "../../../policypacks/database-guardrails/vocabulary/types";
import { claims, database, some, throwawayTags } from "../fixtures";

claims(forbidPublicAccess, {
  passes: {
    "a private database": database(),
    "one that says nothing, which is private": database({ publiclyAccessible: undefined }),
  },
  fails: {
    "a public address": [database({ publiclyAccessible: true }), "publiclyAccessible is true; allowed: false"],
    "one on a throwaway": [database({ publiclyAccessible: true, tags: throwawayTags }), "true"],
    "one on an instance of a cluster": [some(clusterInstance, { publiclyAccessible: true }), "true"],
    "a value of the wrong type": [database({ publiclyAccessible: 1 }), "true or false"],
  },
  undecided: {
    "an address that is not known": database({ publiclyAccessible: unknown }),
    "one that is encrypted": database({ publiclyAccessible: encrypted }),
  },
});

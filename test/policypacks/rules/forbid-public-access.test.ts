import { unknown, encrypted } from "../../../policypacks/database-guardrails/vocabulary/properties";
import { forbidPublicAccess } from "../../../policypacks/database-guardrails/rules/forbid-public-access";
import { clusterInstance } from "../../../policypacks/database-guardrails/vocabulary/types";
import { claims, database, resource, throwawayTags } from "../fixtures";

claims(forbidPublicAccess, {
  passes: {
    "a private database": database(),
    "a database without the property, which is private": database({ publiclyAccessible: undefined }),
  },
  fails: {
    "a public address": [database({ publiclyAccessible: true }), "publiclyAccessible is true; allowed: false"],
    "a public address on a throwaway": [database({ publiclyAccessible: true, tags: throwawayTags }), "true"],
    "a public address on a cluster's instance": [resource(clusterInstance, { publiclyAccessible: true }), "true"],
    "a value of the wrong type": [database({ publiclyAccessible: 1 }), "true or false"],
  },
  undecided: {
    "an unknown value": database({ publiclyAccessible: unknown }),
    "an encrypted value": database({ publiclyAccessible: encrypted }),
  },
});

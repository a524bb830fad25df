import { unknown } from "../../../policypacks/database-guardrails/vocabulary/properties";
import { requireStandardName } from "../../../policypacks/database-guardrails/rules/require-standard-name";
import { cluster } from "../../../policypacks/database-guardrails/vocabulary/types";
import { claims, database, some } from "../fixtures";

claims(requireStandardName, {
  passes: {
    "service and environment": database(),
    "a suffix for a second database": database({ identifier: "orders-production-archive" }),
    "a well-formed name where tags do not say": database({ identifier: "legacy-billing", tags: {} }),
  },
  fails: {
    "a name of something else": [database({ identifier: "db1" }), "orders-production"],
    capitals: [database({ identifier: "Orders-Production" }), "rename"],
    "none, which Pulumi fills with chance": [database({ identifier: undefined }), "not set"],
    "a name of the wrong type": [database({ identifier: {} }), "a text"],
    "a cluster's": [some(cluster, { clusterIdentifier: "X" }), 'clusterIdentifier is "X"'],
  },
  undecided: { "a name that is not known": database({ identifier: unknown }) },
});

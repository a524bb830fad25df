import { unknown } from "../../../policypacks/database-guardrails/vocabulary/properties";
import { requireStandardName } from "../../../policypacks/database-guardrails/rules/require-standard-name";
import { cluster } from "../../../policypacks/database-guardrails/vocabulary/types";
import { claims, database, resource } from "../fixtures";

claims(requireStandardName, {
  passes: {
    "a name of service and environment": database(),
    "a suffix for a second database": database({ identifier: "orders-production-archive" }),
    "a well-formed name without tags": database({ identifier: "legacy-billing", tags: {} }),
  },
  fails: {
    "a name that does not match the tags": [database({ identifier: "db1" }), "orders-production"],
    "a name with capitals": [database({ identifier: "Orders-Production" }), "rename"],
    "no name, so a random one from Pulumi": [database({ identifier: undefined }), "not set"],
    "a name of the wrong type": [database({ identifier: {} }), "a string"],
    "a cluster's name": [resource(cluster, { clusterIdentifier: "X" }), 'clusterIdentifier is "X"'],
  },
  undecided: { "an unknown name": database({ identifier: unknown }) },
});

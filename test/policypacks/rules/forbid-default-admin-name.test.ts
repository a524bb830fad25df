import { unknown } from "../../../policypacks/database-guardrails/vocabulary/properties";
import { forbidDefaultAdminName } from "../../../policypacks/database-guardrails/rules/forbid-default-admin-name";
import { cluster } from "../../../policypacks/database-guardrails/vocabulary/types";
import { claims, database, some } from "../fixtures";

claims(forbidDefaultAdminName, {
  passes: {
    "another name": database(),
    "a restore, which has its source's": database({ username: undefined, snapshotIdentifier: "s" }),
  },
  fails: {
    "the first guess": [database({ username: "postgres" }), 'username is "postgres"'],
    "a cluster's": [some(cluster, { masterUsername: "Admin" }), "masterUsername"],
    "a value of the wrong type": [database({ username: [] }), "a text"],
  },
  undecided: { "a name that is not known": database({ username: unknown }) },
});

import { unknown } from "../../../policypacks/database-guardrails/vocabulary/properties";
import { forbidDefaultAdminName } from "../../../policypacks/database-guardrails/rules/forbid-default-admin-name";
import { cluster } from "../../../policypacks/database-guardrails/vocabulary/types";
import { claims, database, resource } from "../fixtures";

claims(forbidDefaultAdminName, {
  passes: {
    "another name": database(),
    "a restore, which has its source's master": database({ username: undefined, snapshotIdentifier: "s" }),
  },
  fails: {
    "the most commonly guessed name": [database({ username: "postgres" }), 'username is "postgres"'],
    "a common name on a cluster": [resource(cluster, { masterUsername: "Admin" }), "masterUsername"],
    "a value of the wrong type": [database({ username: [] }), "a string"],
  },
  undecided: { "an unknown name": database({ username: unknown }) },
});

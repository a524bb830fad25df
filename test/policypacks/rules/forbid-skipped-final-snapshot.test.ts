import { unknown, notReported } from "../../../policypacks/database-guardrails/vocabulary/properties";
import { forbidSkippedFinalSnapshot } from "../../../policypacks/database-guardrails/rules/forbid-skipped-final-snapshot";
import { claims, database, tagged } from "../fixtures";

claims(forbidSkippedFinalSnapshot, {
  passes: {
    "production with a final snapshot": database(),
    "one whose snapshot's name is known after deployment": database({ finalSnapshotIdentifier: unknown }),
    "development without": database({ skipFinalSnapshot: true, ...tagged({ environment: "development" }) }),
    "what the RDS API does not tell": database({ skipFinalSnapshot: notReported }),
  },
  fails: {
    "a skipped one": [database({ skipFinalSnapshot: true }), "skipFinalSnapshot is true"],
    "one without a name": [database({ finalSnapshotIdentifier: undefined }), "finalSnapshotIdentifier is not set"],
    "nothing said of either": [
      database({ skipFinalSnapshot: undefined, finalSnapshotIdentifier: undefined }),
      "can't be deleted",
    ],
    "a value of the wrong type": [database({ skipFinalSnapshot: "no" }), "true or false"],
  },
  undecided: { "a value that is not known": database({ skipFinalSnapshot: unknown }) },
});

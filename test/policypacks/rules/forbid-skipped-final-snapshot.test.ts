import { unknown, notReported } from "../../../policypacks/database-guardrails/vocabulary/properties";
import { forbidSkippedFinalSnapshot } from "../../../policypacks/database-guardrails/rules/forbid-skipped-final-snapshot";
import { claims, database, tagged } from "../fixtures";

claims(forbidSkippedFinalSnapshot, {
  passes: {
    "production with a final snapshot": database(),
    "a name that is known only after deployment": database({ finalSnapshotIdentifier: unknown }),
    "development without a final snapshot": database({
      skipFinalSnapshot: true,
      ...tagged({ environment: "development" }),
    }),
    "a value that the RDS API does not report": database({ skipFinalSnapshot: notReported }),
  },
  fails: {
    "a skipped snapshot": [database({ skipFinalSnapshot: true }), "skipFinalSnapshot is true"],
    "a snapshot without a name": [
      database({ finalSnapshotIdentifier: undefined }),
      "finalSnapshotIdentifier is not set",
    ],
    "neither property set": [
      database({ skipFinalSnapshot: undefined, finalSnapshotIdentifier: undefined }),
      "can't be deleted",
    ],
    "a value of the wrong type": [database({ skipFinalSnapshot: "no" }), "true or false"],
  },
  undecided: { "an unknown value": database({ skipFinalSnapshot: unknown }) },
});

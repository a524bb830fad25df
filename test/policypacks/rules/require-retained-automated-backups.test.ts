import { unknown, notReported } from "../../../policypacks/database-guardrails/vocabulary/properties";
import { requireRetainedAutomatedBackups } from "../../../policypacks/database-guardrails/rules/require-retained-automated-backups";
import { claims, database, tagged } from "../fixtures";

claims(requireRetainedAutomatedBackups, {
  passes: {
    "production that keeps them": database(),
    "development that does not": database({ deleteAutomatedBackups: true, ...tagged({ environment: "development" }) }),
    "what the RDS API does not tell": database({ deleteAutomatedBackups: notReported }),
  },
  fails: {
    "deleted ones": [database({ deleteAutomatedBackups: true }), "is true"],
    "nothing said, which deletes them": [
      database({ deleteAutomatedBackups: undefined }),
      "not set, which is true on AWS",
    ],
    "a value of the wrong type": [database({ deleteAutomatedBackups: [] }), "true or false"],
  },
  undecided: { "a value that is not known": database({ deleteAutomatedBackups: unknown }) },
});

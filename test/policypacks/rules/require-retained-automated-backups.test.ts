import { unknown, notReported } from "../../../policypacks/database-guardrails/vocabulary/properties";
import { requireRetainedAutomatedBackups } from "../../../policypacks/database-guardrails/rules/require-retained-automated-backups";
import { claims, database, tagged } from "../fixtures";

claims(requireRetainedAutomatedBackups, {
  passes: {
    "production that retains backups": database(),
    "development that does not retain backups": database({
      deleteAutomatedBackups: true,
      ...tagged({ environment: "development" }),
    }),
    "a value that the RDS API does not report": database({ deleteAutomatedBackups: notReported }),
  },
  fails: {
    "deleted backups": [database({ deleteAutomatedBackups: true }), "is true"],
    "no value, which deletes backups": [database({ deleteAutomatedBackups: undefined }), "not set (AWS default: true)"],
    "a value of the wrong type": [database({ deleteAutomatedBackups: [] }), "true or false"],
  },
  undecided: { "an unknown value": database({ deleteAutomatedBackups: unknown }) },
});

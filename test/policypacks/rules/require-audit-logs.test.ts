import { unknown } from "../../../policypacks/database-guardrails/vocabulary/properties";
import { requireAuditLogs } from "../../../policypacks/database-guardrails/rules/require-audit-logs";
import { claims, database } from "../fixtures";

claims(requireAuditLogs, {
  passes: {
    "an exported log": database(),
    "another engine's logs": database({ engine: "mysql", enabledCloudwatchLogsExports: ["audit"] }),
  },
  fails: {
    "an export without the postgresql log": [database({ enabledCloudwatchLogsExports: ["upgrade"] }), 'is "upgrade"'],
    "no exports": [database({ enabledCloudwatchLogsExports: undefined }), "not set"],
    "a value of the wrong type": [database({ enabledCloudwatchLogsExports: "postgresql" }), "a list"],
    "a log of the wrong type": [database({ enabledCloudwatchLogsExports: [true] }), "a string"],
  },
  undecided: { "unknown exports": database({ enabledCloudwatchLogsExports: unknown }) },
});

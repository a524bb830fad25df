import { unknown } from "../../../policypacks/database-guardrails/vocabulary/properties";
import { requireAuditLogs } from "../../../policypacks/database-guardrails/rules/require-audit-logs";
import { claims, database } from "../fixtures";

claims(requireAuditLogs, {
  passes: {
    "an exported log": database(),
    "another engine's logs": database({ engine: "mysql", enabledCloudwatchLogsExports: ["audit"] }),
  },
  fails: {
    "an export without the log that matters": [database({ enabledCloudwatchLogsExports: ["upgrade"] }), 'is "upgrade"'],
    none: [database({ enabledCloudwatchLogsExports: undefined }), "not set"],
    "a value of the wrong type": [database({ enabledCloudwatchLogsExports: "postgresql" }), "a list"],
    "a log of the wrong type": [database({ enabledCloudwatchLogsExports: [true] }), "a text"],
  },
  undecided: { "exports that are not known": database({ enabledCloudwatchLogsExports: unknown }) },
});

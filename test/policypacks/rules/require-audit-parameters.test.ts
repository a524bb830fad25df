import { unknown } from "../../../policypacks/database-guardrails/properties";
import { requireAuditParameters } from "../../../policypacks/database-guardrails/rules/require-audit-parameters";
import { parameterGroup } from "../../../policypacks/database-guardrails/types";
import { claims, database, some } from "../fixtures";

const group = (parameters: Record<string, unknown>) =>
  some(parameterGroup, { family: "postgres17", parameters: Object.entries(parameters).map(([name, value]) => ({ name, value })) });
const logged = { log_connections: "1", log_disconnections: "1" };
const audited = { ...logged, shared_preload_libraries: "pg_stat_statements,pgaudit", "pgaudit.log": "ddl,role" };

claims(requireAuditParameters, {
  passes: {
    "a group with pgaudit": group(audited),
    "a group that logs statements instead": group({ ...logged, log_statement: "ddl" }),
    "a group of the same preview, judged by itself": database({ parameterGroupName: unknown }),
    "another engine's group": some(parameterGroup, { family: "mysql8.0", parameters: [] }),
  },
  fails: {
    "connections that are not logged": [group({ ...audited, log_connections: "0" }), "parameters.log_connections"],
    "an empty group": [group({}), "log_disconnections is not set"],
    "pgaudit switched off": [group({ ...audited, "pgaudit.log": "none" }), "pgaudit.log"],
    "pgaudit that is not loaded": [group({ ...audited, shared_preload_libraries: "pg_stat_statements" }), "load pgaudit"],
    "AWS's default group": [database({ parameterGroupName: "default.postgres17" }), "attach the platform's parameter group"],
    "no group": [database({ parameterGroupName: undefined }), "the default group"],
    "parameters of the wrong type": [some(parameterGroup, { family: "postgres17", parameters: {} }), "a list"],
  },
  undecided: { "a value that is not known": group({ ...audited, log_connections: unknown }) },
});

import { encrypted, unknown } from "../../../policypacks/database-guardrails/vocabulary/properties";
import { requireAuditParameters } from "../../../policypacks/database-guardrails/rules/require-audit-parameters";
import { parameterGroup } from "../../../policypacks/database-guardrails/vocabulary/types";
import { claims, database, some, type Scene } from "../fixtures";

const entries = (parameters: Record<string, unknown>) =>
  Object.entries(parameters).map(([name, value]) => ({ name, value }));
const group = (parameters: Record<string, unknown>) =>
  some(parameterGroup, { family: "postgres17", parameters: entries(parameters) });
const logged = { log_connections: "1", log_disconnections: "1" };
const audited = { ...logged, shared_preload_libraries: "pg_stat_statements,pgaudit", "pgaudit.log": "ddl,role" };

claims(requireAuditParameters, {
  passes: {
    "a group with pgaudit": group(audited),
    "a group that logs statements instead": group({ ...logged, log_statement: "ddl" }),
    "a group of the same preview, judged by itself": database({ parameterGroupName: unknown }),
    "names and values in capitals": group({ LOG_CONNECTIONS: "ON", Log_Disconnections: "1", log_statement: "DDL" }),
    "connections logged by the stage that tells who came": group({
      ...audited,
      log_connections: "receipt, authorization",
    }),
    "a group below a cluster's, which says nothing of it": some(parameterGroup, {
      family: "aurora-postgresql17",
      parameters: [],
    }),
    "another engine's group": some(parameterGroup, { family: "mysql8.0", parameters: [] }),
  },
  fails: {
    "connections that are not logged": [group({ ...audited, log_connections: "0" }), "parameters.log_connections"],
    "an empty group": [group({}), "log_disconnections is not set"],
    ...Object.fromEntries<[Scene, string]>(
      ["0", "off", "OFF", "false", "no", "none", ""].map((off) => [
        `connections logged as "${off}"`,
        [group({ ...audited, log_connections: off }), "set log_connections to 1"],
      ]),
    ),
    "a parameter given twice": [
      some(parameterGroup, {
        family: "postgres17",
        parameters: [...entries(audited), { name: "log_connections", value: "0" }],
      }),
      "1 and 0",
    ],
    "one parameter that is off beside an encrypted one": [
      group({ ...audited, log_connections: encrypted, log_disconnections: "0" }),
      "log_disconnections",
    ],
    "a group below a cluster's that switches it off": [
      some(parameterGroup, { family: "aurora-postgresql17", parameters: [{ name: "log_connections", value: "0" }] }),
      "log_connections",
    ],
    "connections logged before anybody said who they are": [
      group({ ...audited, log_connections: "receipt,setup_durations" }),
      "set log_connections to 1",
    ],
    "pgaudit switched off": [group({ ...audited, "pgaudit.log": "none" }), "pgaudit.log"],
    "pgaudit that is not loaded": [
      group({ ...audited, shared_preload_libraries: "pg_stat_statements" }),
      "load pgaudit",
    ],
    "AWS's default group": [
      database({ parameterGroupName: "default.postgres17" }),
      "attach the platform's parameter group",
    ],
    "no group": [database({ parameterGroupName: undefined }), "the default group"],
    "parameters of the wrong type": [some(parameterGroup, { family: "postgres17", parameters: {} }), "a list"],
  },
  undecided: { "a value that is not known": group({ ...audited, log_connections: unknown }) },
});

import { encrypted, unknown } from "../../../policypacks/database-guardrails/vocabulary/properties";
import { requireAuditParameters } from "../../../policypacks/database-guardrails/rules/require-audit-parameters";
import { parameterGroup } from "../../../policypacks/database-guardrails/vocabulary/types";
import { claims, database, resource, type Fixture } from "../fixtures";

const entries = (parameters: Record<string, unknown>) =>
  Object.entries(parameters).map(([name, value]) => ({ name, value }));
const group = (parameters: Record<string, unknown>) =>
  resource(parameterGroup, { family: "postgres17", parameters: entries(parameters) });
const logged = { log_connections: "1", log_disconnections: "1" };
const audited = { ...logged, shared_preload_libraries: "pg_stat_statements,pgaudit", "pgaudit.log": "ddl,role" };

claims(requireAuditParameters, {
  passes: {
    "a group with pgaudit": group(audited),
    "a group that logs statements instead": group({ ...logged, log_statement: "ddl" }),
    "a group created in the same preview, which is judged separately": database({ parameterGroupName: unknown }),
    "names and values in capitals": group({ LOG_CONNECTIONS: "ON", Log_Disconnections: "1", log_statement: "DDL" }),
    "connections logged at the stage that shows who connected": group({
      ...audited,
      log_connections: "receipt, authorization",
    }),
    "an Aurora instance's group that leaves it to the cluster's": resource(parameterGroup, {
      family: "aurora-postgresql17",
      parameters: [],
    }),
    "another engine's group": resource(parameterGroup, { family: "mysql8.0", parameters: [] }),
  },
  fails: {
    "connections that are not logged": [group({ ...audited, log_connections: "0" }), "parameters.log_connections"],
    "an empty group": [group({}), "log_disconnections is not set"],
    ...Object.fromEntries<[Fixture, string]>(
      ["0", "off", "OFF", "false", "no", "none", ""].map((off) => [
        `connections logged as "${off}"`,
        [group({ ...audited, log_connections: off }), "set log_connections to 1"],
      ]),
    ),
    "a parameter given twice": [
      resource(parameterGroup, {
        family: "postgres17",
        parameters: [...entries(audited), { name: "log_connections", value: "0" }],
      }),
      "1 and 0",
    ],
    "a disabled parameter next to an encrypted one": [
      group({ ...audited, log_connections: encrypted, log_disconnections: "0" }),
      "log_disconnections",
    ],
    "an Aurora instance's group that switches it off": [
      resource(parameterGroup, {
        family: "aurora-postgresql17",
        parameters: [{ name: "log_connections", value: "0" }],
      }),
      "log_connections",
    ],
    "connections logged only before authentication": [
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
    "parameters of the wrong type": [resource(parameterGroup, { family: "postgres17", parameters: {} }), "a list"],
  },
  undecided: { "an unknown value": group({ ...audited, log_connections: unknown }) },
});

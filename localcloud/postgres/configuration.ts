import { join } from "node:path";
import { type BinariesView, hasLibrary } from "./binaries-view";
import { supportedExtensions } from "./extensions";
import { limits } from "./limits";
import { evaluateFormula, isFormula } from "./parameter-formula";
import {
  type ParameterDefinition,
  type ParameterReport,
  checkAgainstDefinition,
  formulaVariables,
  listItems,
} from "./parameters";
import { memoryDefaults } from "./rds-parameters";
import type { ServerFile } from "./server-files";

export interface ConfigurationInput {
  definitions: ParameterDefinition[];
  view: BinariesView;
  dataFolder: string;
  socketFolder: string;
  logFolder: string;
  tls: { certificate: string; key: string };
  /** Where WAL is archived; not archived when absent. */
  archiveFolder?: string | undefined;
  /** @default false */
  isReadOnly?: boolean;
  port: number;
  memoryBytes: number;
  maxConnectionsDefault?: number;
  /** Explicit values, in RDS's names and units. */
  parameters: Record<string, string>;
}

export interface Configuration {
  files: ServerFile[];
  /** Parameters that become rules in pg_hba.conf instead. */
  forceSsl: boolean;
  scramOnly: boolean;
  logRetentionMinutes: number;
  report: ParameterReport;
}

/**
 * What the server reads at start, in files in order of precedence: RDS's defaults, then the parameter group, then the
 * cloud's own settings. Pure: nothing is written here.
 */
export function configurationOf(input: ConfigurationInput): Configuration {
  const report: ParameterReport = { leftOut: [], pendingReboot: [], invalid: [] };
  const defaults = defaultValues(input);
  const explicit = acceptedValues(input, report);
  const effective = { ...defaults, ...explicit };
  // In PostgreSQL's names: library lists filtered, RDS's own parameters mapped to PostgreSQL's.
  const grouped = { ...explicit, ...translated(effective) };
  const present = Object.fromEntries(
    libraryLists.map((name) => [name, presentLibraries(input, name, effective[name] ?? "", name in explicit, report)]),
  );
  const file = (name: string, values: Record<string, string>, comment: string): ServerFile => ({
    path: join(input.dataFolder, "conf.d", name),
    content: `# ${comment}\n${Object.entries(values)
      .map(([key, value]) => `${key} = ${quoted(value)}\n`)
      .join("")}`,
  });
  return {
    files: [
      file("00-rds-defaults.conf", { ...defaults, ...present }, "Defaults of RDS that differ from PostgreSQL's."),
      file("10-parameter-group.conf", { ...grouped, ...present }, "The parameter group, in PostgreSQL's names."),
      file("90-embedded-cloud.conf", cloudSettings(input), "Set by the cloud; these take precedence."),
    ],
    forceSsl: effective["rds.force_ssl"] === "1",
    scramOnly: effective["rds.accepted_password_auth_method"] === "scram",
    logRetentionMinutes: Number(effective["rds.log_retention_period"]),
    report,
  };
}

/** RDS's parameters by the PostgreSQL setting they map to; for reports in the user's terms. */
export const rdsNameOf: Record<string, string> = {
  wal_level: "rds.logical_replication",
  reserved_connections: "rds.rds_superuser_reserved_connections",
};

function translated(effective: Record<string, string>): Record<string, string> {
  return {
    wal_level: effective["rds.logical_replication"] === "1" ? "logical" : "replica",
    reserved_connections: effective["rds.rds_superuser_reserved_connections"] ?? "0",
  };
}

function defaultValues(input: ConfigurationInput): Record<string, string> {
  const values: Record<string, string> = {};
  for (const { name, defaultValue, source } of input.definitions) {
    if (source === "system" && defaultValue !== undefined && !memoryDefaults.has(name))
      values[name] = computed(defaultValue, input.memoryBytes);
  }
  const byFormula = evaluateFormula("LEAST({DBInstanceClassMemory/9531392},500)", formulaVariables(input.memoryBytes));
  // 20 walsenders, our own and a few clients
  values.max_connections = String(input.maxConnectionsDefault ?? Math.max(byFormula, 50));
  return values;
}

function acceptedValues(input: ConfigurationInput, report: ParameterReport): Record<string, string> {
  const accepted: Record<string, string> = {};
  for (const [name, value] of Object.entries(input.parameters)) {
    const definition = input.definitions.find((candidate) => candidate.name === name);
    const reason =
      definition === undefined ? `there is no parameter '${name}'` : checkAgainstDefinition(definition, value);
    if (reason === undefined) accepted[name] = computed(value, input.memoryBytes, definition);
    else report.invalid.push({ name, reason });
  }
  const timeout = Number(accepted.transaction_timeout ?? 0);
  if (timeout > 0 && timeout < limits.transactionTimeoutMilliseconds) {
    const reason = `a login is a transaction too, and the cloud's own would not end in time; ${limits.transactionTimeoutMilliseconds} ms apply instead`;
    report.leftOut.push({ name: "transaction_timeout", value: String(timeout), reason });
    accepted.transaction_timeout = String(limits.transactionTimeoutMilliseconds);
  }
  return accepted;
}

/** A missing library would keep the server from starting, or refuse every login. */
const libraryLists = ["shared_preload_libraries", "session_preload_libraries"];

function presentLibraries(
  input: ConfigurationInput,
  name: string,
  list: string,
  isExplicit: boolean,
  report: ParameterReport,
): string {
  const missing = listItems(list).filter((library) => !hasLibrary(input.view, library));
  for (const value of isExplicit ? missing : []) {
    report.leftOut.push({
      name,
      value,
      reason: `the embedded PostgreSQL ${input.view.version} has no library '${value}'`,
    });
  }
  return listItems(list)
    .filter((library) => !missing.includes(library))
    .join(",");
}

function cloudSettings(input: ConfigurationInput): Record<string, string> {
  return {
    listen_addresses: "127.0.0.1",
    port: String(input.port),
    unix_socket_directories: input.socketFolder,
    unix_socket_permissions: "0700",
    ssl: "on",
    ssl_cert_file: input.tls.certificate,
    ssl_key_file: input.tls.key,
    logging_collector: "on",
    log_directory: join(input.logFolder, "error"),
    log_filename: "postgresql.log.%Y-%m-%d-%H",
    log_file_mode: "0640",
    log_line_prefix: "%t:%r:%u@%d:[%p]:",
    log_timezone: "UTC",
    ...archiving(input.archiveFolder),
    ...(input.isReadOnly ? { default_transaction_read_only: "on" } : {}),
    // Lets a master without superuser rights act for the roles it creates, as RDS's can.
    createrole_self_grant: "set, inherit",
    "rds.extensions": supportedExtensions.join(","),
  };
}

/** `archive_mode` needs a restart, so it is always on; the others need a reload, which switches backups on and off. */
function archiving(folder: string | undefined): Record<string, string> {
  const always = { archive_mode: "on", archive_timeout: "300" };
  // Both empty would mean "later": WAL would be kept forever.
  if (folder === undefined) return { ...always, archive_library: "", archive_command: "true" };
  return {
    ...always,
    archive_command: "",
    archive_library: "basic_archive",
    "basic_archive.archive_directory": folder,
  };
}

function computed(value: string, memoryBytes: number, definition?: ParameterDefinition): string {
  const isNumber = definition === undefined || definition.dataType === "integer" || definition.dataType === "float";
  return isNumber && isFormula(value) ? String(evaluateFormula(value, formulaVariables(memoryBytes))) : value;
}

/** A value as a line of a configuration file has it. */
export function quoted(value: string): string {
  return `'${value.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;
}

/** Pure: how bad a difference inside a database is, by what it protects. */
import type { Severity } from "../../../policypacks/database-guardrails/judging/rule";
import type { ObjectKind } from "../../targets/access-catalog";

const roleAttributes: Record<string, Severity> = {
  // With these a role gets around every other privilege, or gives itself any.
  ...{ superuser: "critical", replication: "critical", bypassRowLevelSecurity: "critical", createRole: "critical" },
  ...{ login: "high", createDatabase: "high" },
};

/** Of connection limit, last day and inheritance: how well it runs. */
export const attributeSeverity = (name: string): Severity => roleAttributes[name] ?? "medium";

/** Which SQL a session means, whom it acts as, and what the audit log has of it. */
const protectiveSettings =
  /^(search_path|role|row_security|session_authorization|.*preload_libraries|log_.*|pgaudit\..*|session_replication_role|default_transaction_read_only|password_encryption)$/;

export const settingSeverity = (name: string): Severity => (protectiveSettings.test(name) ? "high" : "medium");

/** Members of these read or write every row, or the server's files, or may give themselves any privilege. */
const mightyRoles = new Set([
  ...["rds_superuser", "rdsadmin", "rds_replication", "pg_read_all_data", "pg_write_all_data"],
  ...["pg_execute_server_program", "pg_read_server_files", "pg_write_server_files", "pg_database_owner"],
]);

export const membershipSeverity = (role: string, master: string): Severity =>
  mightyRoles.has(role) || role === master ? "critical" : "high";

/** Whatever PUBLIC may do, every login may, those that are created later too. */
export function privilegeSeverity(kind: ObjectKind, grantee: string | null, privilege: string): Severity {
  // Without rows behind them: a type can be used in a table of one's own.
  if (kind === "type" || kind === "language") return "medium";
  if (grantee !== null) return "high";
  if (kind === "database" && privilege !== "CREATE") return "high";
  return kind === "function" || kind === "procedure" || kind === "sequence" ? "high" : "critical";
}

/** Without the extension that writes the audit log, there is none. */
export const extensionSeverity = (name: string): Severity => (name === "pgaudit" ? "high" : "medium");

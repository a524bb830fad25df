/** What RDS adds to PostgreSQL's parameters: its defaults, its own parameters, and those it reserves. */

/**
 * RDS's default where it differs from PostgreSQL's (source: the tables of the RDS User Guide's "Working with parameters
 * on your RDS for PostgreSQL DB instance"). Formulas over the instance's memory are shown as on RDS; those of
 * `memoryDefaults` are not applied, because many servers share this machine.
 */
export const rdsDefaults: Record<string, string> = {
  autovacuum_analyze_scale_factor: "0.05",
  autovacuum_max_workers: "GREATEST({DBInstanceClassMemory/64371566592},3)",
  autovacuum_naptime: "15",
  autovacuum_vacuum_cost_limit: "GREATEST({log(DBInstanceClassMemory/21474836480)*600},200)",
  autovacuum_vacuum_scale_factor: "0.1",
  autovacuum_work_mem: "GREATEST({DBInstanceClassMemory/32768},131072)",
  effective_cache_size: "{DBInstanceClassMemory/16384}",
  idle_in_transaction_session_timeout: "86400000",
  log_autovacuum_min_duration: "10000",
  log_checkpoints: "1",
  log_hostname: "0",
  log_rotation_age: "60",
  maintenance_work_mem: "GREATEST({DBInstanceClassMemory*1024/63963136},65536)",
  max_connections: "LEAST({DBInstanceClassMemory/9531392},5000)",
  max_replication_slots: "20",
  max_wal_senders: "20",
  max_wal_size: "2048",
  min_wal_size: "192",
  shared_buffers: "{DBInstanceClassMemory/32768}",
  shared_preload_libraries: "pg_stat_statements",
  tcp_keepalives_count: "2",
  tcp_keepalives_idle: "300",
  tcp_keepalives_interval: "30",
  timezone: "UTC",
  track_activity_query_size: "4096",
  track_io_timing: "1",
  wal_receiver_timeout: "30000",
  wal_sender_timeout: "30000",
};

/**
 * Memory this machine may not have. An explicit value applies as given, and fails as on RDS when it is not available.
 */
export const memoryDefaults: ReadonlySet<string> = new Set([
  "autovacuum_work_mem",
  "effective_cache_size",
  "maintenance_work_mem",
  "max_connections",
  "shared_buffers",
]);

/** What RDS allows where that is less than PostgreSQL allows: with fewer of these no backup could be taken. */
export const rdsAllowedValues: Record<string, string> = {
  max_replication_slots: "5-262143",
  max_wal_senders: "5-262143",
};

export interface OwnParameter {
  description: string;
  dataType: "boolean" | "integer" | "string" | "list";
  allowedValues?: string;
  defaultValue?: string;
  applyType: "static" | "dynamic";
  /** Why it cannot be changed here; RDS may allow it. */
  fixed?: string;
}

/**
 * RDS's own parameters, and pgaudit's, which PostgreSQL accepts as placeholders: SHOW works, but nothing is audited
 * without the library.
 */
export const ownParameters: Record<string, OwnParameter> = {
  "rds.accepted_password_auth_method": {
    description: "Password authentication methods that are accepted.",
    dataType: "string",
    allowedValues: "md5+scram,scram",
    defaultValue: "md5+scram",
    applyType: "dynamic",
  },
  "rds.adaptive_autovacuum": {
    description: "RDS parameter to enable/disable adaptive autovacuum.",
    dataType: "boolean",
    defaultValue: "1",
    applyType: "dynamic",
  },
  "rds.allowed_extensions": {
    description: "Extensions that may be installed; * stands for all that RDS supports.",
    dataType: "list",
    applyType: "dynamic",
  },
  "rds.extensions": {
    description: "List of extensions provided by RDS.",
    dataType: "list",
    applyType: "dynamic",
    fixed: "RDS sets it",
  },
  "rds.force_admin_logging_level": {
    description: "Log messages for RDS admin user actions in customer databases.",
    dataType: "string",
    allowedValues: "disabled,debug5,debug4,debug3,debug2,debug1,info,notice,warning,error,log,fatal,panic",
    defaultValue: "disabled",
    applyType: "dynamic",
  },
  "rds.force_autovacuum_logging_level": {
    description: "Log level of autovacuum actions.",
    dataType: "string",
    allowedValues: "disabled,debug5,debug4,debug3,debug2,debug1,info,notice,warning,error,log,fatal,panic",
    defaultValue: "warning",
    applyType: "dynamic",
  },
  "rds.force_ssl": {
    description: "Force SSL connections.",
    dataType: "boolean",
    defaultValue: "1",
    applyType: "dynamic",
  },
  "rds.log_retention_period": {
    description: "Log files are deleted after this many minutes.",
    dataType: "integer",
    allowedValues: "1440-10080",
    defaultValue: "4320",
    applyType: "dynamic",
  },
  "rds.logical_replication": {
    description: "Enables logical decoding.",
    dataType: "boolean",
    defaultValue: "0",
    applyType: "static",
  },
  "rds.rds_superuser_reserved_connections": {
    description: "Connections reserved for members of rds_superuser.",
    dataType: "integer",
    allowedValues: "0-262143",
    defaultValue: "0",
    applyType: "static",
  },
  "rds.restrict_password_commands": {
    description: "Restricts password commands to members of rds_password.",
    dataType: "boolean",
    defaultValue: "0",
    applyType: "static",
    fixed: "PostgreSQL alone cannot restrict password commands",
  },
  "pgaudit.log": {
    description: "Classes of statements that session audit logging records.",
    dataType: "list",
    allowedValues: "ddl,function,misc,read,role,write,none,all,-ddl,-function,-misc,-read,-role,-write",
    applyType: "dynamic",
  },
  "pgaudit.log_catalog": {
    description: "Log statements whose relations are all in pg_catalog.",
    dataType: "boolean",
    defaultValue: "1",
    applyType: "dynamic",
  },
  "pgaudit.log_client": {
    description: "Show log messages to the client.",
    dataType: "boolean",
    defaultValue: "0",
    applyType: "dynamic",
  },
  "pgaudit.log_level": {
    description: "Log level of log entries.",
    dataType: "string",
    allowedValues: "debug5,debug4,debug3,debug2,debug1,info,notice,warning,log",
    defaultValue: "log",
    applyType: "dynamic",
  },
  "pgaudit.log_parameter": {
    description: "Include the parameters that were passed with the statement.",
    dataType: "boolean",
    defaultValue: "0",
    applyType: "dynamic",
  },
  "pgaudit.log_relation": {
    description: "A log entry for each relation that a statement refers to.",
    dataType: "boolean",
    defaultValue: "0",
    applyType: "dynamic",
  },
  "pgaudit.log_rows": {
    description: "Include the number of rows retrieved or affected.",
    dataType: "boolean",
    defaultValue: "0",
    applyType: "dynamic",
  },
  "pgaudit.log_statement": {
    description: "Include the statement text and parameters.",
    dataType: "boolean",
    defaultValue: "1",
    applyType: "dynamic",
  },
  "pgaudit.log_statement_once": {
    description: "Log statement text with the first entry only.",
    dataType: "boolean",
    defaultValue: "0",
    applyType: "dynamic",
  },
  "pgaudit.role": {
    description: "The role that object audit logging uses.",
    dataType: "string",
    applyType: "dynamic",
  },
};

/**
 * PostgreSQL's parameters that only the cloud sets: paths, and how the server is reached, logged, archived and
 * protected.
 */
export function isReserved(name: string): boolean {
  return reserved.has(name) || reservedPrefixes.some((prefix) => name.startsWith(prefix));
}

const reservedPrefixes = [
  "archive_",
  "recovery_",
  "restore_",
  "unix_socket_",
  "syslog_",
  "krb_",
  "bonjour",
  "primary_",
  "jit_provider",
  "oauth_",
];

const reserved = new Set([
  "allow_alter_system",
  "cluster_name",
  "config_file",
  "createrole_self_grant",
  "data_directory",
  "data_sync_retry",
  "db_user_namespace", // adds the database's name to every user's name, including rdsadmin's
  "dynamic_library_path",
  "dynamic_shared_memory_type",
  "event_source",
  "event_triggers",
  "extension_control_path",
  "external_pid_file",
  "fsync",
  "full_page_writes",
  "hba_file",
  "hot_standby",
  "ident_file",
  "listen_addresses",
  "local_preload_libraries",
  "log_destination",
  "log_directory",
  "log_file_mode",
  "log_filename",
  "log_line_prefix",
  "log_timezone",
  "log_truncate_on_rotation",
  "logging_collector",
  "port",
  "promote_trigger_file",
  "reserved_connections",
  "restart_after_crash",
  "shared_memory_type",
  "ssl",
  "ssl_ca_file",
  "ssl_cert_file",
  "ssl_crl_dir",
  "ssl_crl_file",
  "ssl_dh_params_file",
  "ssl_key_file",
  "ssl_library",
  "ssl_passphrase_command",
  "ssl_passphrase_command_supports_reload",
  "superuser_reserved_connections",
  "sync_replication_slots",
  "synchronized_standby_slots",
  "synchronous_standby_names",
  "wal_level",
  "wal_log_hints",
  "wal_sync_method",
  "allow_system_table_mods",
  "zero_damaged_pages",
]);

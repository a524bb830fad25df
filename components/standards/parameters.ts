/**
 * The PostgreSQL parameters that the standard sets, and those a team may set, with their limits. Values are written as
 * RDS stores them (booleans 1/0, milliseconds, kilobytes): any other notation is a permanent difference.
 */
export interface Parameter {
  name: string;
  value: string;
  /**
   * RDS refuses `immediate` for a static parameter, and a parameter whose value is the family's default comes back as
   * `pending-reboot`.
   */
  applyMethod: "immediate" | "pending-reboot";
}

const atOnce = (name: string, value: string): Parameter => ({ name, value, applyMethod: "immediate" });
const atRestart = (name: string, value: string): Parameter => ({ name, value, applyMethod: "pending-reboot" });

/**
 * Those of Shipshape's standard, in a reader's order: who may connect, what is logged, what can be found out after a
 * restore, who is stopped.
 */
export const standardParameters: readonly Parameter[] = [
  // The defaults of every family from 15 on, still sent: an audit reads the attached group, not the defaults behind it.
  atRestart("rds.force_ssl", "1"),
  atRestart("password_encryption", "scram-sha-256"),
  atRestart("shared_preload_libraries", "pg_stat_statements,pgaudit"),
  atOnce("pgaudit.log", "ddl,role"),
  // `CREATE ROLE … PASSWORD '…'` is a utility statement, and its text would be in pg_stat_statements for every
  // monitoring login.
  atOnce("pg_stat_statements.track_utility", "0"),
  // PostgreSQL 18 also accepts a list here, but 1 works on all majors.
  atOnce("log_connections", "1"),
  atOnce("log_disconnections", "1"),
  atOnce("log_lock_waits", "1"),
  atOnce("log_min_duration_statement", "1000"),
  // 10 MB: smaller spills are common and would bury the important ones.
  atOnce("log_temp_files", "10240"),
  atOnce("log_autovacuum_min_duration", "1000"),
  // Without it there is no way to tell which commit a restored copy reached; it cannot be enabled retroactively.
  atRestart("track_commit_timestamp", "1"),
  // A fallback for logins that are not our roles; each role has its own, tighter one.
  atOnce("idle_in_transaction_session_timeout", "300000"),
];

export interface ParameterBounds {
  min: number;
  max: number;
  unit: string;
  /** RDS refuses a fraction. */
  whole: boolean;
  applyMethod: Parameter["applyMethod"];
}
const bounds = (
  min: number,
  max: number,
  unit: string,
  applyMethod: Parameter["applyMethod"] = "immediate",
): ParameterBounds => ({
  min,
  max,
  unit,
  whole: true,
  applyMethod,
});
const fractions = (min: number, max: number, unit: string): ParameterBounds => ({
  ...bounds(min, max, unit),
  whole: false,
});

/**
 * What a team may set, within which limits. A limit keeps a database from starving itself or weakening the standard.
 */
export const allowedParameters: Readonly<Record<string, ParameterBounds>> = {
  autovacuum_analyze_scale_factor: fractions(0.005, 0.2, "share of the table"),
  autovacuum_naptime: bounds(5, 60, "s"),
  autovacuum_vacuum_cost_limit: bounds(200, 10_000, "cost units"),
  autovacuum_vacuum_scale_factor: fractions(0.005, 0.2, "share of the table"),
  default_statistics_target: bounds(10, 1_000, "buckets"),
  effective_io_concurrency: bounds(1, 1_000, "requests"),
  idle_in_transaction_session_timeout: bounds(1_000, 300_000, "ms"),
  jit: bounds(0, 1, "0 or 1"),
  log_autovacuum_min_duration: bounds(0, 1_000, "ms"),
  log_min_duration_statement: bounds(0, 1_000, "ms"),
  log_temp_files: bounds(0, 10_240, "kB"),
  maintenance_work_mem: bounds(65_536, 2_097_152, "kB"),
  max_connections: bounds(50, 5_000, "connections", "pending-reboot"),
  max_parallel_workers_per_gather: bounds(0, 8, "workers"),
  max_worker_processes: bounds(8, 64, "workers", "pending-reboot"),
  random_page_cost: fractions(1, 4, "cost units"),
  "rds.logical_replication": bounds(0, 1, "0 or 1", "pending-reboot"),
  statement_timeout: bounds(1_000, 3_600_000, "ms"),
  work_mem: bounds(1_024, 262_144, "kB"),
};

/** The standard's parameters overlaid with a team's values: a value replaces, it never removes. */
export function resolvedParameters(
  standard: readonly Parameter[],
  requested: Readonly<Record<string, number>>,
): Parameter[] {
  const kept = standard.filter((parameter) => !(parameter.name in requested));
  const set = Object.entries(requested).map(([name, value]) => ({
    name,
    value: String(value),
    applyMethod: allowedParameters[name]?.applyMethod ?? "immediate",
  }));
  return [...kept, ...set];
}

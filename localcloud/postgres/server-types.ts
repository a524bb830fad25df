import type { ParameterReport } from "./parameters";

/** The settings of one PostgreSQL server that behaves like RDS's. */
export interface PostgresServerSettings {
  /** All files of this server are below it; an unprivileged user must be able to reach it (see `reachableFolder`). */
  folder: string;
  /** Minor version, such as "17.10". */
  engineVersion: string;
  /** 0 = choose a free one at first start; afterwards it is kept. */
  port: number;
  /** The folder of the certificate authority that issues the server's certificate; created there when absent. */
  identity: { caFolder: string };
  /** Explicit RDS parameter values (group and our overrides), with RDS's names and units; formulas are evaluated. */
  parameters: Record<string, string>;
  /** Where its WAL is archived. @default not archived: no point-in-time recovery */
  archiveFolder?: string | undefined;
  /** The server that this one follows as a standby. @default none: it accepts writes */
  follows?: Following | undefined;
  /** Whether a server of another major copies from it by logical replication. @default it does not */
  publishes?: boolean;
  /** Whether its sessions only read unless they say otherwise. @default they also write */
  isReadOnly?: boolean;
  /** Memory of the instance class: the value of DBInstanceClassMemory in formulas. */
  memoryBytes: number;
  /** @default LEAST(memory / 9531392, 500): RDS's formula, capped because many servers share one machine */
  maxConnectionsDefault?: number;
}

/** Where a standby gets its WAL: from another server of this machine, over TLS. */
export interface Following {
  /** By rows, to another major: then it is no standby, and only knows how to log in. @default false */
  isLogical?: boolean;
  port: number;
  /** The slot that keeps WAL for it; of a logical copy the beginning of their names. */
  slot: string;
  /** What `pg_stat_replication` calls it. */
  name: string;
  password: string;
}

export interface MasterLogin {
  username: string;
  password: string;
  /** The first database, owned by the master. @default only `postgres` */
  databaseName?: string;
}

export interface LogFile {
  /** RDS's name for it: "error/postgresql.log.2026-11-23-10", relative to `logFolder`. */
  name: string;
  size: number;
  lastWritten: Date;
}

export interface PostgresServer {
  readonly port: number;
  readonly pid: number | undefined;
  readonly socketFolder: string;
  readonly dataFolder: string;
  readonly tlsFolder: string;
  readonly logFolder: string;
  /** What became of its parameters when they were last written: at a start, or by `applyParameters`. */
  readonly parameterReport: ParameterReport;
  start(): Promise<ParameterReport>;
  stop(mode?: "fast" | "immediate"): Promise<void>;
  restart(): Promise<ParameterReport>;
  /** Cheap: reads postmaster.pid, the process table and the control file. */
  state(): "running" | "stopped" | "crashed";
  /** Dynamic ones take effect at once, static ones are reported as pendingReboot; a later start uses them all. */
  applyParameters(parameters: Record<string, string>): Promise<ParameterReport>;
  /** Archives WAL into this folder from now on, or no longer. Takes effect at once. */
  archiveTo(folder: string | undefined): Promise<void>;
  setMasterPassword(username: string, password: string): Promise<void>;
  /** Runs SQL as `rdsadmin` over the socket: one statement with values, or several without. */
  query(sql: string, values?: unknown[], database?: string): Promise<Record<string, unknown>[]>;
  logFiles(): Promise<LogFile[]>;
}

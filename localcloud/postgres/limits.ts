/** Every bound of this folder, with its reason. */
export const limits = {
  /** Crash recovery after a heavy load took under a second here; a cold disk may need minutes. */
  startMilliseconds: 300_000,
  /**
   * A fast stop waits for a checkpoint. Afterwards the server is stopped as after a crash, which loses nothing
   * committed.
   */
  stopMilliseconds: 60_000,
  /** Backends quit within 20 ms of SIGQUIT; one that does not check for signals is killed. */
  quitMilliseconds: 100,
  /** How long the log collector and the last backends may outlive the postmaster. */
  lastProcessMilliseconds: 5_000,
  /**
   * Removing a folder while an orphaned copy still adds to it: each attempt waits this much longer than the previous
   * one.
   */
  removeAttempts: 20,
  removeRetryMilliseconds: 50,
  /** A reload takes effect after 12–22 ms; a busy machine gets more. */
  reloadMilliseconds: 10_000,
  /** Between two reads of postmaster.pid. */
  pollMilliseconds: 5,
  /** Free ports tried for a new server: another process may take a port before PostgreSQL does. */
  portAttempts: 5,
  /** initdb and each bootstrap run; one second normally. */
  bootstrapMilliseconds: 120_000,
  /** `postgres -C` takes 12–57 ms. */
  checkMilliseconds: 20_000,
  /** One query by the cloud. */
  queryMilliseconds: 60_000,
  /**
   * The shortest transaction_timeout applied: it covers logins too, and a busy machine takes some hundred milliseconds
   * for one.
   */
  transactionTimeoutMilliseconds: 1_000,
  /** A master that alters its own role at the same moment makes our statement fail; that rarely happens twice. */
  passwordAttempts: 10,
  passwordRetryMilliseconds: 100,
  /** Longest socket path the kernels take is 103 (macOS) or 107 bytes; `/.s.PGSQL.65535.lock` takes 20. */
  socketFolderBytes: 80,
  /** A segment reaches the archive within 10–16 ms; a busy machine gets more. */
  archiveMilliseconds: 30_000,
  /** A backup or a restore of hundreds of gigabytes. */
  copyMilliseconds: 6 * 3_600_000,
  /** A promotion takes 0.1–0.4 s, and some seconds when the standby was just waiting to connect again. */
  promoteSeconds: 60,
  /** A replica is behind by what was written during its base backup: minutes for a busy large database. */
  catchUpMilliseconds: 600_000,
  /** pg_dump in WebAssembly takes a second; of tens of thousands of tables, minutes. */
  schemaDumpMilliseconds: 600_000,
  /** Between two looks at a copy by logical replication, which takes seconds to days. */
  copyLookMilliseconds: 100,
  /** A copy connects again every 200 ms, and its slot is free in between. */
  dropSlotMilliseconds: 30_000,
  /** Attempts at a table that cannot be copied, such as for want of disk space, before the copy is given up. */
  copyFailures: 20,
  /** A writing transaction that is older stops a switchover, as it would be lost. */
  longTransactionSeconds: 60,
  /** How much of a log an error quotes. */
  quotedLogLines: 8,
  quotedLogBytes: 64 * 1024,
  /** Certificates: the authority's outlives any checkout; the server's is renewed at a start in its last month. */
  authorityDays: 3650,
  certificateDays: 365,
  renewBeforeDays: 30,
} as const;

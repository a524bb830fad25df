/** What can go wrong with one PostgreSQL server, as codes the RDS API can map to a status of that instance only. */
export type PostgresErrorCode =
  | "archiving-stalled" // WAL does not reach the archive
  | "binaries-missing" // no PostgreSQL of that version is installed here
  | "cannot-recover" // a backup, or the WAL after it, is damaged or ends too early
  | "copy-failed" // a copy by logical replication cannot be made, or cannot follow
  | "corrupt-page" // a page with a wrong checksum: no backup may replace the last good one
  | "disk-full"
  | "incompatible-parameters" // the server refuses to start with these parameters; data is untouched
  | "not-created" // no finished server in that folder: create it, or create it again
  | "not-running" // the operation needs a running server
  | "port-taken"
  | "start-failed"; // anything else, with the last lines of the log

export class PostgresError extends Error {
  constructor(
    readonly code: PostgresErrorCode,
    message: string,
    /** What to do about it. */
    readonly hint?: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = "PostgresError";
  }
}

import { limits } from "./limits";
import { PostgresError, type PostgresErrorCode } from "./postgres-errors";

/**
 * Determines from its log why a server did not start. PostgreSQL checks its settings and memory before it touches data.
 */
export function startFailure(logLines: string[]): PostgresError {
  const log = logLines.join("\n");
  const reason = reasons.find(({ pattern }) => pattern.test(log));
  const quoted = logLines
    .filter((line) => !/ (DETAIL|redirecting|HINT: {2}Future log)/.test(line))
    .slice(-limits.quotedLogLines)
    .join("\n");
  const relevant = logLines.find((line) => reason?.pattern.test(line)) ?? quoted;
  return new PostgresError(
    reason?.code ?? "start-failed",
    `PostgreSQL did not start: ${reason === undefined ? quoted : withoutPrefix(relevant)}`,
    reason?.hint,
  );
}

const reasons: { code: PostgresErrorCode; pattern: RegExp; hint: string }[] = [
  {
    code: "disk-full",
    pattern: /No space left on device|Disk quota exceeded/,
    hint: "Free space on the disk, then start the database.",
  },
  {
    code: "port-taken",
    pattern: /could not bind .*(in use|Permission denied|not available)|could not create any TCP\/IP sockets/,
    hint: "Stop the process that listens on that port, or give the database another one.",
  },
  {
    code: "incompatible-parameters",
    pattern: new RegExp(
      [
        "invalid value for parameter",
        "is outside the valid range",
        "unrecognized configuration parameter",
        "configuration file .* contains errors",
        "could not map anonymous shared memory",
        "could not create (shared memory segment|semaphores)",
        "could not access file", // a missing library
        'parameter "?\\w+"? (cannot|must)',
        "must be (less|greater|at least|set)",
        "(requires|cannot be enabled when|not supported when) .*(wal_level|max_wal_senders)",
        "WAL (streaming|archival|summarization).* (requires|cannot)",
        "wal_level",
      ].join("|"),
    ),
    hint: "Correct the parameter group, then reboot the database.",
  },
];

function withoutPrefix(line: string): string {
  return line.replace(/^.*?(FATAL|PANIC|ERROR|LOG|WARNING|DETAIL): +/, "");
}

import { PostgresError } from "../../postgres/postgres-errors";
import { AwsError } from "./aws-error";
import { logError } from "../log";

/** What a caller is told of anything that was thrown. */
export function asAwsError(error: unknown): AwsError {
  if (error instanceof AwsError) return error;
  // The whole error goes to the server's log; the caller is told where to look.
  logError(error);
  const message = error instanceof Error ? error.message : String(error);
  // 503, on which SDKs try again: space may be freed.
  if (isDiskFull(error))
    return new AwsError(
      "ServiceUnavailable",
      `the disk of the embedded cloud is full (${message}); free some space and call again`,
      503,
    );
  return new AwsError(
    "InternalFailure",
    `the embedded cloud failed (${message}); its log, localcloud.log in the data folder, has the details`,
  );
}

/** Node.js, PostgreSQL and our own words for the same fault. */
export function isDiskFull(error: unknown): boolean {
  const { code } = (error ?? {}) as { code?: unknown };
  return (
    code === "ENOSPC" ||
    code === "EDQUOT" ||
    code === "53100" ||
    (error instanceof PostgresError && code === "disk-full")
  );
}

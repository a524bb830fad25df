import { PostgresError } from "../../postgres/postgres-errors";
import { AwsError } from "./aws-error";
import { logError } from "../log";

/** The response for any thrown error. */
export function asAwsError(error: unknown): AwsError {
  if (error instanceof AwsError) return error;
  // The whole error goes to the server's log; the response says where to look.
  logError(error);
  const message = error instanceof Error ? error.message : String(error);
  // 503, which SDKs retry: space may be freed.
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

/** Node.js's, PostgreSQL's and our own messages for the same fault. */
export function isDiskFull(error: unknown): boolean {
  const { code } = (error ?? {}) as { code?: unknown };
  return (
    code === "ENOSPC" ||
    code === "EDQUOT" ||
    code === "53100" ||
    (error instanceof PostgresError && code === "disk-full")
  );
}

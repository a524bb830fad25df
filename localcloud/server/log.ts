/**
 * The server's own log: lines with the machine's time (not the cloud's clock) on the standard streams, which the
 * command that starts it sends to localcloud.log.
 */

/** A log that cannot be written, on a disk that is full or in a terminal that is gone, is no reason to end. */
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);

export function log(line: string): void {
  process.stdout.write(`${new Date().toISOString()} ${line}\n`);
}

/** An error nobody is answered with, in full. */
export function logError(error: unknown): void {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`${new Date().toISOString()} ${text}\n`);
}

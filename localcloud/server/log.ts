/**
 * The server's own log: lines with the machine's time (not the cloud's clock) on the standard streams, which the
 * command that starts the server redirects to localcloud.log.
 */

/** A log that cannot be written, to a full disk or a closed terminal, is no reason to exit. */
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);

export function log(line: string): void {
  process.stdout.write(`${new Date().toISOString()} ${line}\n`);
}

/** An error that no response reports, with its stack. */
export function logError(error: unknown): void {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`${new Date().toISOString()} ${text}\n`);
}

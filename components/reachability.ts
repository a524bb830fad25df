import { connect } from "node:net";
import * as pulumi from "@pulumi/pulumi";
import type * as aws from "@pulumi/aws";

/**
 * As long as a person waits without doubt; the provider's own attempt takes longer, and then says nothing of what to
 * do.
 */
const reachTimeoutSeconds = 8;

/**
 * Roles are made where the database is reached. Where it is not, this says so early, by its code, before the provider
 * gives up with a bare timeout. A warning, not an error: a destroy runs the program too, and must not be stopped by a
 * database that does not answer any more.
 */
export function warnIfUnreachable(instance: aws.rds.Instance, identifier: string): void {
  // A plain preview connects to nothing, and so runs anywhere.
  if (pulumi.runtime.isDryRun()) return;
  pulumi.all([instance.address, instance.port]).apply(async ([host, port]) => {
    const reason = await whyUnreachable(host, port, reachTimeoutSeconds);
    if (reason !== undefined) {
      await pulumi.log.warn(
        `database-unreachable: ${identifier} at ${host}:${port} cannot be reached from here (${reason}), so its roles cannot be made or read. ` +
          'Run this inside the network, in a security group of reachableFrom, or give accessRoles "later"; see docs/going-to-production.md.',
        instance,
      );
    }
  });
}

/** Undefined when something accepts a connection there. */
export function whyUnreachable(host: string, port: number, timeoutSeconds: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const answer = (reason?: string) => {
      socket.destroy();
      resolve(reason);
    };
    socket.setTimeout(timeoutSeconds * 1000, () => answer(`no answer within ${timeoutSeconds} s`));
    socket
      .once("connect", () => answer())
      .once("error", (error) => answer((error as NodeJS.ErrnoException).code ?? error.message));
  });
}

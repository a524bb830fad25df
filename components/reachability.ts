import { connect } from "node:net";
import * as pulumi from "@pulumi/pulumi";
import type * as rds from "@pulumi/aws/rds";

/** Short enough for a waiting person; the provider's own attempt takes longer, and then does not say what to do. */
const reachTimeoutSeconds = 8;

/**
 * Roles are created only if the database can be reached. If not, this warns early, with its code, before the provider
 * gives up with a bare timeout. A warning, not an error: a destroy also runs the program, and must not be stopped by a
 * database that no longer answers.
 */
export function warnIfUnreachable(instance: rds.Instance, identifier: string): void {
  // A plain preview connects to nothing, and so runs anywhere.
  if (pulumi.runtime.isDryRun()) return;
  pulumi.all([instance.address, instance.port]).apply(async ([host, port]) => {
    const reason = await whyUnreachable(host, port, reachTimeoutSeconds);
    if (reason !== undefined) {
      await pulumi.log.warn(
        `database-unreachable: ${identifier} at ${host}:${port} cannot be reached from here (${reason}), so its roles cannot be created or read. ` +
          'Run this inside the network, in a security group of reachableFrom, or give accessRoles "later"; see docs/going-to-production.md.',
        instance,
      );
    }
  });
}

/** Undefined if something accepts a connection there. */
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

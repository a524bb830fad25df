import { runAsServer } from "./child-process";
import { limits } from "./limits";
import { PostgresError } from "./postgres-errors";
import type { PostgresServer } from "./server-types";
import { serverUser } from "./server-user";
import { template } from "./template";

/**
 * What can be done for another minor while the old one still serves, so that the downtime is one stop and start:
 * prepare its binaries, have it check the settings, and write dirty pages out. The second checkpoint writes what
 * changed during the first.
 * @throws PostgresError incompatible-parameters, binaries-missing; the server continues unchanged
 */
export async function prepareUpgrade(server: PostgresServer, toVersion: string): Promise<void> {
  const { view } = await template(toVersion);
  const { code, output } = await runAsServer(
    serverUser(),
    view.postgres,
    ["-D", server.dataFolder, "-C", "data_directory"],
    {
      milliseconds: limits.checkMilliseconds,
    },
  );
  if (code !== 0)
    throw new PostgresError(
      "incompatible-parameters",
      `PostgreSQL ${toVersion} does not accept the settings: ${output.trim().split("\n")[0] ?? ""}`,
      "Correct the parameter group, then upgrade again.",
    );
  for (const _each of ["first", "second"]) await server.query("checkpoint");
}

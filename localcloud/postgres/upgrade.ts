import { runAsServer } from "./child-process";
import { limits } from "./limits";
import { PostgresError } from "./postgres-errors";
import type { PostgresServer } from "./server-types";
import { serverUser } from "./server-user";
import { template } from "./template";

/**
 * What can be done for another minor while the old one still serves, so that the gap is a stop and a start: its
 * binaries made ready, its opinion of the settings asked, and what is dirty written out. The second checkpoint takes
 * what came in during the first.
 * @throws PostgresError incompatible-parameters, binaries-missing; the server goes on as it was
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
      `PostgreSQL ${toVersion} does not take the settings: ${output.trim().split("\n")[0] ?? ""}`,
      "Correct the parameter group, then upgrade again.",
    );
  for (const _each of ["first", "second"]) await server.query("checkpoint");
}

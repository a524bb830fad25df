import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Store } from "../storage/store";

/** Where the server listens, and, when the port has changed, why. */
export interface Listening {
  port: number;
  reason?: string;
}

/**
 * Listens on the requested port; with 0 on the last port of this data folder, so that shells and programs still reach
 * the cloud after a restart. Only if another program has taken that port is a new one chosen.
 */
export async function listenOnLastPort(server: Server, requested: number, store: Store): Promise<Listening> {
  const records = store.collection<{ port: number }>("listener");
  const last = requested === 0 ? records.get("http")?.port : undefined;
  if (last !== undefined && (await listens(server, last))) return { port: last };
  if (!(await listens(server, requested)))
    throw new Error(
      `port ${requested} is taken by another program; stop that, or set SHIPSHAPE_LOCAL_PORT to another port, or to none for any free one`,
    );
  const { port } = server.address() as AddressInfo;
  records.put("http", { port });
  return last === undefined
    ? { port }
    : {
        port,
        reason: `port ${last}, where it listened before, is taken by another program: shells that use it need \`shipshape local env\` again`,
      };
}

function listens(server: Server, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException) =>
      ["EADDRINUSE", "EACCES"].includes(error.code ?? "") ? resolve(false) : reject(error);
    server.once("error", failed);
    server.listen(port, "127.0.0.1", () => {
      server.off("error", failed);
      resolve(true);
    });
  });
}

import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Store } from "../storage/store";

/** Where the server listens, and why not where it did before. */
export interface Listening {
  port: number;
  reason?: string;
}

/**
 * Listens on the port that is asked for; with 0 on the one this data folder had last, so that shells and programs that
 * were pointed at the cloud reach it after a restart. Only where another program has that by now is it a new one.
 */
export async function listenOnLastPort(server: Server, asked: number, store: Store): Promise<Listening> {
  const records = store.collection<{ port: number }>("listener");
  const last = asked === 0 ? records.get("http")?.port : undefined;
  if (last !== undefined && (await listens(server, last))) return { port: last };
  if (!(await listens(server, asked)))
    throw new Error(
      `port ${asked} is taken by another program; end that, or set SHIPSHAPE_LOCAL_PORT to another port, or to none for any free one`,
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

/**
 * A thread that runs the WebAssembly build of pg_dump once. pg_dump wants the server's answer before its write returns,
 * so this thread sleeps until the main thread, which has the connection, has put the whole answer into its mailbox.
 */
import { createRequire } from "node:module";
import { receiveMessageOnPort, workerData, type MessagePort } from "node:worker_threads";
import { completeMessages, withoutStartup } from "./server-messages";

export interface SchemaDumpRequest {
  /** The module of pg_dump. */
  program: string;
  arguments: string[];
  /** What a server says after a login, up to ReadyForQuery. */
  greeting: Uint8Array;
  port: MessagePort;
  /** 1 once there is an answer. */
  flag: SharedArrayBuffer;
}

export type SchemaDumpAnswer = { dumped: string } | { failed: string };

const { program, arguments: given, greeting, port, flag } = workerData as SchemaDumpRequest;
const state = new Int32Array(flag);

/** What pg_dump thinks is a database in this process. */
interface Protocol {
  execProtocolRawStream(bytes: Uint8Array, to: { onRawData(bytes: Uint8Array): void }): void;
  query(sql: string): Promise<{ rows: { search_path: string }[] }>;
  exec(sql: string): Promise<void>;
}
type PgDump = (options: { pg: Protocol; args: string[] }) => Promise<Blob>;

function ask(bytes: Uint8Array): Uint8Array {
  Atomics.store(state, 0, 0);
  port.postMessage({ ask: bytes });
  Atomics.wait(state, 0, 0);
  return (receiveMessageOnPort(port) as { message: Uint8Array }).message;
}

let pending: Uint8Array = new Uint8Array();
let started = false;

const protocol: Protocol = {
  execProtocolRawStream(bytes, { onRawData }) {
    pending = Buffer.concat([pending, bytes]);
    if (!started) {
      const rest = withoutStartup(pending);
      if (rest === undefined) return;
      started = true;
      pending = rest;
      onRawData(greeting);
    }
    const { whole, asks } = completeMessages(pending);
    if (!whole || !asks) return;
    const out = pending;
    pending = new Uint8Array();
    onRawData(ask(out));
  },
  query: () => Promise.resolve({ rows: [{ search_path: "pg_catalog" }] }),
  exec: () => Promise.resolve(),
};

async function main(): Promise<void> {
  const { pgDump } = createRequire(program)(program) as { pgDump: PgDump };
  const file = await pgDump({ pg: protocol, args: given });
  port.postMessage({ dumped: await file.text() } satisfies SchemaDumpAnswer);
}

main().catch((error: unknown) =>
  port.postMessage({ failed: error instanceof Error ? error.message : String(error) } satisfies SchemaDumpAnswer),
);

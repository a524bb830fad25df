import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { MessageChannel, Worker } from "node:worker_threads";
import { administratorConfig, type ServerLocation } from "./administrator";
import { limits } from "./limits";
import { PostgresError } from "./postgres-errors";

/**
 * A database as SQL that creates it, without rows: by the WebAssembly build of pg_dump, which comes with npm. The
 * connection is ours and stays in this thread; pg_dump runs in another.
 * @throws PostgresError copy-failed
 */
export async function dumpSchema(server: ServerLocation, database: string): Promise<string> {
  const socket = connect(join(server.socketFolder, `.s.PGSQL.${server.port}`));
  const { port1: port, port2 } = new MessageChannel();
  let worker: Worker | undefined;
  try {
    const answers = new Answers(socket);
    socket.write(startup(server, database));
    const greeting = await answers.next();
    const state = new Int32Array(new SharedArrayBuffer(4));
    worker = new Worker(join(__dirname, "schema-dump-thread.cjs"), {
      workerData: { program: pgDump(), words, greeting, port: port2, flag: state.buffer },
      transferList: [port2],
      stderr: true,
    });
    return await dumped(worker, async (bytes) => {
      socket.write(bytes);
      port.postMessage(await answers.next());
      Atomics.store(state, 0, 1);
      Atomics.notify(state, 0);
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new PostgresError("copy-failed", `the schema of ${database} cannot be read: ${reason}`);
  } finally {
    await worker?.terminate();
    port.close();
    socket.destroy();
  }

  function dumped(thread: Worker, ask: (bytes: Uint8Array) => Promise<void>): Promise<string> {
    return new Promise((resolve, reject) => {
      const overdue = () => reject(new Error(`pg_dump did not end within ${limits.schemaDumpMilliseconds / 1000} s`));
      setTimeout(overdue, limits.schemaDumpMilliseconds).unref();
      thread.once("error", reject);
      thread.once("exit", () => setImmediate(() => reject(new Error("pg_dump ended without a dump"))));
      port.on("message", (said: { ask: Uint8Array } | { dumped: string } | { failed: string }) => {
        if ("ask" in said) ask(said.ask).catch(reject);
        else if ("dumped" in said) resolve(said.dumped);
        else reject(new Error(said.failed));
      });
    });
  }
}

/** Publications and subscriptions are the cloud's; large objects and statistics do not follow. */
const words = ["--schema-only", "--create", "--no-publications", "--no-subscriptions"];

/** In the published package it is a copy beside this program. */
function pgDump(): string {
  const own = join(__dirname, "pg-dump", "pg_dump.cjs");
  return existsSync(own) ? own : createRequire(__filename).resolve("@electric-sql/pglite-tools/pg_dump");
}

/** A login as the administrator, over the socket: peer, so nothing is asked. */
function startup(server: ServerLocation, database: string): Buffer {
  const { options = "" } = administratorConfig(server, database);
  const settings = { user: "rdsadmin", database, application_name: "rdsadmin", options };
  const text = Object.entries(settings).map(([name, value]) => `${name}\0${value}\0`);
  const body = Buffer.from(`${text.join("")}\0`);
  const head = Buffer.alloc(8);
  head.writeUInt32BE(body.length + 8, 0);
  head.writeUInt32BE(protocolVersion, 4);
  return Buffer.concat([head, body]);
}

const protocolVersion = 3 << 16;

/** What a server says, up to where it is ready for the next query. */
class Answers {
  private pieces: Buffer[] = [];
  private taken: { resolve: (answer: Buffer) => void; reject: (error: Error) => void } | undefined;
  private failure: Error | undefined;

  constructor(socket: Socket) {
    socket.on("data", (piece: Buffer) => {
      this.pieces.push(piece);
      this.give();
    });
    for (const event of ["error", "close"] as const)
      socket.on(event, (error: unknown) => {
        this.failure ??= error instanceof Error ? error : new Error("the connection ended");
        this.taken?.reject(this.failure);
      });
  }

  next(): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      if (this.failure) return reject(this.failure);
      this.taken = { resolve, reject };
      this.give();
    });
  }

  private give(): void {
    const all = this.pieces.length === 1 ? this.pieces[0]! : Buffer.concat(this.pieces);
    this.pieces = [all];
    if (!this.taken || !isWhole(all)) return;
    this.pieces = [];
    const { resolve } = this.taken;
    this.taken = undefined;
    resolve(all);
  }
}

/** Ends with "ready for query", or with the error of a login that was refused. */
function isWhole(answer: Buffer): boolean {
  // Most pieces end in the middle of rows: only one that may be the end is read from its beginning.
  if (answer.length < 6) return false;
  let [at, last] = [0, 0];
  while (at + 5 <= answer.length) {
    last = answer[at]!;
    at += 1 + answer.readUInt32BE(at + 1);
  }
  return at === answer.length && last === 0x5a;
}

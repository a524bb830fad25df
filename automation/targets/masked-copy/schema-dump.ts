/**
 * The schema of a database as SQL, by the WebAssembly build of pg_dump. The connection, its TLS and its login are ours
 * and stay in this thread; pg_dump runs in another, which sees nothing but the protocol and can be ended at any moment.
 */
import type { Duplex } from "node:stream";
import { createRequire } from "node:module";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { MessageChannel, receiveMessageOnPort, Worker, type MessagePort } from "node:worker_threads";
import type { Client } from "pg";
import { ShipshapeError } from "../../errors";
import { threadProgram } from "../../thread-program";
import { openControlSession, type ControlSessionOptions } from "../control-session";
import type { DatabaseLogin } from "../database-login";
import { quietly } from "./copy-session";
import { schemaAnswerBytesMax, schemaDumpSeconds, schemaTextCharactersMax } from "./limits";
import type { SchemaDumpAnswer, SchemaDumpRequest } from "./schema-dump-thread";
import { AnswerReader, greetingOf } from "./server-messages";

export interface SchemaDumpOptions {
  rootCertificateFile?: ControlSessionOptions["rootCertificateFile"];
  /** Where this package is installed. */
  packageFolder: string;
  signal?: AbortSignal | undefined;
}

/** Pre-data is what rows need; post-data is what is quicker, or only possible, once they are there. */
export type SchemaSection = "pre-data" | "post-data";

/**
 * Without rows, statistics, or subscriptions; user mappings, whose options are passwords, are removed by
 * dump-statements.ts. Errors: schema-unreadable.
 */
export async function dumpSchema(
  source: DatabaseLogin,
  section: SchemaSection,
  options: SchemaDumpOptions,
): Promise<string> {
  const session = { statementSeconds: schemaDumpSeconds, readOnly: true };
  const client = await quietly(source.identifier, "the reading of its schema", () =>
    openControlSession(source, { ...session, rootCertificateFile: options.rootCertificateFile }),
  );
  try {
    const greeting = greetingOf(await sessionSettings(client));
    const text = await new Bridge(client, greeting, options).run(argumentsFor(section));
    if (text.length > schemaTextCharactersMax) throw new RangeError(`more than ${schemaTextCharactersMax} characters`);
    return text;
  } catch (error) {
    if (options.signal?.aborted) throw options.signal.reason;
    const reason = error instanceof RangeError ? error.message : sqlstateIn(error);
    throw new ShipshapeError(
      "schema-unreadable",
      { identifier: source.identifier, section, reason },
      { cause: undefined },
    );
  } finally {
    await client.end();
  }
}

const argumentsFor = (section: SchemaSection): string[] => [
  "--schema-only",
  `--section=${section}`,
  "--no-subscriptions",
  "--no-security-labels",
  "--no-tablespaces",
  // Those that a profile keeps are written afterwards: each may quote a value.
  "--no-comments",
  // RDS's own, which every instance has.
  "--exclude-schema=rdsadmin*",
];

/** What a server reports at a login, which happened before pg_dump was started. */
async function sessionSettings(client: Client): Promise<Record<string, string>> {
  const names = ["server_version", "server_encoding", "client_encoding", "standard_conforming_strings"];
  const more = ["integer_datetimes", "DateStyle", "IntervalStyle", "TimeZone", "is_superuser", "session_authorization"];
  const { rows } = await client.query<{ name: string; setting: string }>(
    "select n.name, pg_catalog.current_setting(n.name) as setting from pg_catalog.unnest($1::pg_catalog.text[]) as n (name)",
    [[...names, ...more]],
  );
  return Object.fromEntries(rows.map(({ name, setting }) => [name, setting]));
}

/** A message of pg_dump may quote what is in the database; its SQLSTATE, which we saw pass, cannot. */
function sqlstateIn(error: unknown): string {
  const { sqlstate } = error as { sqlstate?: string };
  return sqlstate === undefined ? "pg_dump ended without a dump" : `SQLSTATE ${sqlstate}`;
}

/** Between the socket of a session and the thread of pg_dump, until that has ended. */
class Bridge {
  private readonly socket: Duplex;
  private readonly reader = new AnswerReader(schemaAnswerBytesMax);
  private sqlstate: string | undefined;

  constructor(
    client: Client,
    private readonly greeting: Uint8Array,
    private readonly options: SchemaDumpOptions,
  ) {
    this.socket = (client as unknown as { connection: { stream: Duplex } }).connection.stream;
  }

  async run(args: string[]): Promise<string> {
    const { port1: port, port2 } = new MessageChannel();
    const state = new Int32Array(new SharedArrayBuffer(4));
    const request: SchemaDumpRequest = {
      program: pgDumpOf(this.options.packageFolder),
      arguments: args,
      greeting: this.greeting,
      port: port2,
      flag: state.buffer as SharedArrayBuffer,
    };
    // From here on what the server says is for pg_dump.
    const listeners = this.socket.listeners("data") as ((piece: Buffer) => void)[];
    this.socket.removeAllListeners("data");
    const worker = startThread(this.options.packageFolder, request);
    try {
      return await this.answer(worker, port, state);
    } finally {
      await worker.terminate();
      port.close();
      this.socket.removeAllListeners("data");
      for (const listener of listeners) this.socket.on("data", listener);
    }
  }

  private answer(worker: Worker, port: MessagePort, state: Int32Array): Promise<string> {
    const { socket, reader } = this;
    const overdue = AbortSignal.timeout(schemaDumpSeconds * 1000);
    const ending = this.options.signal ? AbortSignal.any([this.options.signal, overdue]) : overdue;
    return new Promise<string>((resolve, reject) => {
      const fail = (error: unknown) =>
        reject(Object.assign(error instanceof Error ? error : new Error(String(error)), { sqlstate: this.sqlstate }));
      ending.addEventListener("abort", () => fail(ending.reason), { once: true });
      if (ending.aborted) fail(ending.reason);
      socket.once("close", () => fail(new Error("the connection ended")));
      worker.once("error", fail);
      const hear = (said: { ask: Uint8Array } | SchemaDumpAnswer) => {
        if ("ask" in said) socket.write(said.ask);
        else if ("dumped" in said) resolve(said.dumped);
        else fail(new Error("pg_dump failed"));
      };
      port.on("message", hear);
      worker.once("exit", () => {
        // What it said last may still be on the way: its port is not its own channel.
        const last = receiveMessageOnPort(port) as { message: SchemaDumpAnswer } | undefined;
        if (last) hear(last.message);
        fail(new Error("pg_dump ended"));
      });
      socket.on("data", (piece: Buffer) => {
        try {
          const whole = reader.add(piece);
          if (whole === undefined) return;
          this.sqlstate ??= errorIn(whole);
          port.postMessage(whole);
          Atomics.store(state, 0, 1);
          Atomics.notify(state, 0);
        } catch (error) {
          fail(error);
        }
      });
    });
  }
}

function startThread(packageFolder: string, request: SchemaDumpRequest): Worker {
  const program = threadProgram(packageFolder, "automation/targets/masked-copy/schema-dump-thread.ts");
  // What pg_dump prints may quote the database: it goes nowhere.
  const settings = { workerData: request, transferList: [request.port], stdout: true, stderr: true, execArgv: [] };
  return "file" in program ? new Worker(program.file, settings) : new Worker(program.text, { ...settings, eval: true });
}

/** In the package a copy in `dist`, without the database in WebAssembly that npm would install with it. */
function pgDumpOf(packageFolder: string): string {
  const own = join(packageFolder, "dist", "pg-dump", "pg_dump.cjs");
  const inCheckout = existsSync(join(packageFolder, "localcloud", "main.ts"));
  return inCheckout
    ? createRequire(join(packageFolder, "package.json")).resolve("@electric-sql/pglite-tools/pg_dump")
    : own;
}

/** The SQLSTATE of an ErrorResponse that an answer has. */
function errorIn(answer: Uint8Array): string | undefined {
  for (let at = 0; at + 5 <= answer.length;) {
    const end = at + 1 + Buffer.from(answer.buffer, answer.byteOffset, answer.byteLength).readUInt32BE(at + 1);
    if (answer[at] === 0x45)
      return /\0C([0-9A-Z]{5})\0/.exec(Buffer.from(answer.subarray(at + 5, end)).toString("latin1"))?.[1];
    at = end;
  }
  return undefined;
}

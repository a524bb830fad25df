/** Copies the rows of a database into another whose tables are empty, masking them on the way. */
import type { Duplex } from "node:stream";
import { DatabaseError, type Client } from "pg";
import { ShipshapeError } from "../../errors";
import { openControlSession } from "../control-session";
import type { DatabaseLogin } from "../database-login";
import { connectionLost, isOfNetwork, passing, quietly } from "./copy-session";
import { copyOutStatement, copyInStatement, type CopiedTable } from "./copied-tables";
import { CopyIn } from "./copy-in";
import { copyOut } from "./copy-out";
import { chunksInFlightMax, tableCopySeconds } from "./limits";
import type { MaskedChunk } from "./chunk-masker";
import { MaskingThreads } from "./masking-threads";
import { chosenFrom, type ChosenRows } from "./subset-rows";
import type { TableMasks } from "./table-masks";

export interface CopyRequest {
  source: DatabaseLogin;
  target: DatabaseLogin;
  /** In the order in which they are begun. */
  tables: CopiedTable[];
  masks: TableMasks;
  /** Of a subset, the rows that it has. @default all */
  chosen?: Pick<ChosenRows, "schema"> | undefined;
  /** Tables whose rows find their partition in the target, since masking changes what decides about it. */
  throughRoot: readonly string[];
  rootCertificateFile?: string | undefined;
  packageFolder: string;
  threads: number;
  tablesAtOnce: number;
  signal?: AbortSignal | undefined;
}

export interface CopiedRows {
  rows: number;
  /** As text, from the source. */
  bytes: number;
  /** Column → how many of its masked values are what they were, of those that tell something: not NULL, '' or 0. */
  unchanged: Record<string, number>;
}

/**
 * Table → what was copied. After a failure the target is of no use: other tables may be there, or in part.
 * Errors: copy-refused, copy-storage-full, copy-disturbed, copy-connection-lost, masking-value-unfit.
 */
export async function copyTables(request: CopyRequest): Promise<Record<string, CopiedRows>> {
  const { tables, masks, packageFolder, threads } = request;
  const isMasked = tables.some(({ name }) => (masks.tables[name]?.masked.length ?? 0) > 0);
  const pool = isMasked ? new MaskingThreads(packageFolder, masks, threads) : undefined;
  const copied: Record<string, CopiedRows> = {};
  const failed = new AbortController();
  const signal = request.signal ? AbortSignal.any([request.signal, failed.signal]) : failed.signal;
  let next = 0;
  const worker = async () => {
    const sessions = await quietly(request.target.identifier, "the copying", () => openSessions(request));
    // A server that no longer answers would not notice anything else.
    signal.addEventListener("abort", sessions.sever, { once: true });
    try {
      signal.throwIfAborted();
      for (let at = next++; at < tables.length; at = next++) {
        signal.throwIfAborted();
        const table = tables[at]!;
        copied[table.name] = await copyTable(sessions, table, request, pool, signal);
      }
    } catch (error) {
      // The first reason is the one to tell; it also ends the others.
      failed.abort(error);
      throw error;
    } finally {
      signal.removeEventListener("abort", sessions.sever);
      await sessions.end();
    }
  };
  try {
    await Promise.allSettled(Array.from({ length: Math.min(request.tablesAtOnce, tables.length) }, worker));
    request.signal?.throwIfAborted();
    failed.signal.throwIfAborted();
    return copied;
  } finally {
    await pool?.end();
  }
}

interface Sessions {
  source: Client;
  target: Client;
  /** Ends both connections at once. The servers undo what was not committed. */
  sever(this: void): void;
  end(): Promise<void>;
}

async function openSessions({ source, target, rootCertificateFile }: CopyRequest): Promise<Sessions> {
  const options = { rootCertificateFile, statementSeconds: tableCopySeconds };
  const reading = await openControlSession(source, { ...options, readOnly: true });
  try {
    const writing = await openControlSession(target, options);
    const end = async () => void (await Promise.allSettled([reading.end(), writing.end()]));
    const sever = () => [reading, writing].forEach(disconnect);
    return { source: reading, target: writing, sever, end };
  } catch (error) {
    await reading.end();
    throw error;
  }
}

const disconnect = (client: Client): void =>
  void (client as unknown as { connection: { stream: Duplex } }).connection.stream.destroy();

async function copyTable(
  { source, target }: Sessions,
  table: CopiedTable,
  request: CopyRequest,
  pool: MaskingThreads | undefined,
  signal: AbortSignal,
): Promise<CopiedRows> {
  const { throughRoot, masks, chosen } = request;
  const masked = masks.tables[table.name]?.masked ?? [];
  const result: CopiedRows = { rows: 0, bytes: 0, unchanged: {} };
  const names = masked
    .map(({ position }) => position)
    .sort((one, other) => one - other)
    .map((at) => table.columns[at]!);
  for (const name of names) result.unchanged[name] = 0;
  const into = CopyIn.begin(target, copyInStatement(table, throughRoot.includes(table.name)));
  // Chunks are masked in any order, and written in that of the rows.
  const inFlight: Promise<MaskedChunk>[] = [];
  const writeOldest = async () => {
    const { bytes, unchanged } = await inFlight.shift()!;
    unchanged.forEach((count, at) => (result.unchanged[names[at]!]! += count));
    await into.write(bytes);
  };
  let side: "source" | "target" = "target";
  try {
    side = "source";
    const from = chosen && chosenFrom(table.name, chosen);
    for await (const { bytes, rows } of copyOut(source, copyOutStatement(table, from))) {
      signal.throwIfAborted();
      side = "target";
      result.bytes += bytes.length;
      const chunk =
        pool && masked.length > 0
          ? pool.mask(table.name, bytes, result.rows)
          : Promise.resolve({ bytes, rows, unchanged: [] });
      chunk.catch(() => undefined); // reported when its turn comes
      result.rows += rows;
      inFlight.push(chunk);
      while (inFlight.length >= chunksInFlightMax) await writeOldest();
      side = "source";
    }
    side = "target";
    while (inFlight.length > 0) await writeOldest();
    const stored = await into.end();
    if (stored !== result.rows)
      throw new ShipshapeError("copy-incomplete", {
        table: table.name,
        read: String(result.rows),
        stored: String(stored),
      });
    return result;
  } catch (error) {
    await into.cancel();
    throw refusal(error, table.name, { side, identifier: request[side].identifier });
  }
}

/** Without the message of PostgreSQL, its detail and its context, all of which can quote rows. */
function refusal(
  error: unknown,
  table: string,
  { side, identifier }: { side: "source" | "target"; identifier: string },
): unknown {
  const what = `the copying of ${table}`;
  if (isOfNetwork(error)) return connectionLost(`the ${side} "${identifier}"`, what, error.message);
  if (!(error instanceof DatabaseError)) return error;
  const other = passing(identifier, what, error);
  if (other) return other;
  // What a function raises says what the function likes.
  const place = error.routine === "exec_stmt_raise" ? undefined : (error.constraint ?? error.column);
  return new ShipshapeError("copy-refused", {
    table,
    side,
    sqlstate: error.code ?? "unknown",
    place: place === undefined ? "" : ` at ${place}`,
  });
}

/** The evidence log in PostgreSQL: statements are appended in one order, each under a signed checkpoint, and never change. */
import type { KeyObject } from "node:crypto";
import type { Database } from "../database";
import { signCheckpoint } from "./checkpoint";
import { sealStatement, type Statement } from "./envelope";
import { leafHash, nodesOfAppend, rootOf, type NodeReader } from "./merkle-tree";

export interface Signer {
  /** The log's name in checkpoints, e.g. `shipshape.example.com/evidence`. */
  origin: string;
  key: KeyObject;
}

export interface StatementToAppend {
  requestId: string;
  kind: "verdict" | "teardown";
  target: string;
  verdict?: string | undefined;
  statement: Statement<object>;
}

export interface EvidenceRow {
  log_index: string;
  id: string;
  request_id: string;
  kind: "verdict" | "teardown";
  predicate_type: string;
  target: string;
  verdict: string | null;
  issued_at: Date;
  expires_on: Date;
  envelope: string;
}

/** Serialises appends: a log has one order. Held for some milliseconds, to the end of the transaction. */
const APPEND_LOCK = "select pg_advisory_xact_lock(hashtext('shipshape evidence log'))";

/**
 * Appends a statement and signs the checkpoint that covers it, in one transaction. A request has one statement of each kind: appending it
 * again (a step that is repeated after a crash) gives the first one back, unchanged.
 */
export function appendStatement(database: Database, signer: Signer, s: StatementToAppend): Promise<EvidenceRow> {
  return database.transaction(async (t) => {
    await t.query(APPEND_LOCK);
    const [existing] = await t.query<EvidenceRow>("select * from evidence where request_id = $1 and kind = $2", [s.requestId, s.kind]);
    if (existing) return existing;
    const index = Number((await t.query<{ n: string }>("select count(*) as n from evidence"))[0]?.n);
    const envelope = sealStatement(s.statement, signer.key);
    const subject = s.statement.subject[0];
    const [row] = await t.query<EvidenceRow>(
      `insert into evidence (log_index, id, request_id, kind, predicate_type, subject_name, subject_digest, target, verdict, issued_at, expires_on, envelope)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) returning *`,
      [
        index,
        `${s.requestId}.${s.kind}`,
        s.requestId,
        s.kind,
        s.statement.predicateType,
        subject?.name,
        subject?.digest.sha256,
        s.target,
        s.verdict,
        s.statement.predicate.issuedAt,
        s.statement.predicate.expiresOn,
        envelope,
      ],
    );
    const read = nodeReader(t);
    for (const node of await nodesOfAppend(index, leafHash(Buffer.from(envelope)), read))
      await t.query("insert into evidence_node (level, index, hash) values ($1, $2, $3)", [node.level, node.index, node.hash]);
    const note = signCheckpoint({ origin: signer.origin, size: index + 1, root: await rootOf(index + 1, read) }, signer.key);
    await t.query("insert into evidence_checkpoint (size, note) values ($1, $2)", [index + 1, note]);
    return row as EvidenceRow;
  });
}

/** Reads stored nodes. A missing one means the log was tampered with or lost: an Error, never a guess. */
export function nodeReader(database: Database): NodeReader {
  return async (nodes) => {
    const rows = await database.query<{ level: number; index: string; hash: Buffer }>(
      "select level, index, hash from evidence_node join unnest($1::int[], $2::bigint[]) as wanted (l, i) on level = l and index = i",
      [nodes.map((n) => n.level), nodes.map((n) => n.index)],
    );
    const found = new Map(rows.map((r) => [`${r.level}/${r.index}`, r.hash]));
    return nodes.map((n) => {
      const hash = found.get(`${n.level}/${n.index}`);
      if (!hash) throw new Error(`the evidence log is damaged: node ${n.level}/${n.index} is missing`);
      return hash;
    });
  };
}

export async function latestCheckpoint(database: Database): Promise<{ size: number; note: string } | undefined> {
  const [row] = await database.query<{ size: string; note: string }>("select size, note from evidence_checkpoint order by size desc limit 1");
  return row && { size: Number(row.size), note: row.note };
}

/**
 * Whether heaps and B-tree indexes are sound, by amcheck: every page is read, so a damaged page checksum shows here too.
 *
 * Who may run amcheck on RDS is probed, not assumed: without it nothing is verified and the result says so. A budget bounds the time; what it
 * left unread is stated, never passed over.
 */
import type { Client } from "pg";

export interface StructureReport {
  available: boolean;
  /** Why amcheck could not be used, where it could not. */
  unavailableReason?: string;
  relationsChecked: number;
  relationsLeft: number;
  bytesChecked: number;
  /** What is damaged, each with the database's own words; at most `damagesMax`. */
  damages: { relation: string; problem: string }[];
}

export interface StructureBudget {
  secondsMax: number;
  damagesMax: number;
}

interface Relation {
  oid: number;
  name: string;
  kind: "heap" | "index";
  bytes: string;
}

const RELATIONS = `
select c.oid::int, c.oid::regclass::text as name, case c.relkind when 'i' then 'index' else 'heap' end as kind, pg_relation_size(c.oid)::text as bytes
from pg_class c left join pg_index i on i.indexrelid = c.oid left join pg_am a on a.oid = c.relam
where c.relpersistence = 'p' and (c.relkind in ('r', 't', 'm') and a.amname = 'heap' or c.relkind = 'i' and a.amname = 'btree' and i.indisvalid)
order by kind, pg_relation_size(c.oid) desc, c.oid`;

/** Checks all heaps, then all B-tree indexes against them, largest first, on this connection. */
export async function verifyStructures(client: Client, budget: StructureBudget): Promise<StructureReport> {
  const report: StructureReport = { available: true, relationsChecked: 0, relationsLeft: 0, bytesChecked: 0, damages: [] };
  let functions: string;
  try {
    await client.query("create extension if not exists amcheck");
    await client.query("set statement_timeout = 0");
    functions = await functionsOf(client);
  } catch (error) {
    return { ...report, available: false, unavailableReason: (error as Error).message };
  }
  const { rows } = await client.query<Relation>(RELATIONS);
  const endsAt = Date.now() + budget.secondsMax * 1000;
  for (const [i, relation] of rows.entries()) {
    if (Date.now() > endsAt || report.damages.length >= budget.damagesMax) return { ...report, relationsLeft: rows.length - i };
    const problem = await problemOf(client, relation, functions);
    if (problem === "permission") return { ...report, available: false, unavailableReason: `amcheck may not be run on ${relation.name}` };
    report.relationsChecked++;
    report.bytesChecked += Number(relation.bytes);
    if (problem) report.damages.push({ relation: relation.name, problem });
  }
  return report;
}

/** The schema it was installed in, quoted: the standard gives it one of its own. */
async function functionsOf(client: Client): Promise<string> {
  const {
    rows: [row],
  } = await client.query<{ schema: string }>(
    "select quote_ident(nspname) as schema from pg_extension e join pg_namespace n on n.oid = e.extnamespace where extname = 'amcheck'",
  );
  return row?.schema ?? "public";
}

async function problemOf(client: Client, relation: Relation, functions: string): Promise<string | undefined> {
  try {
    if (relation.kind === "index") {
      await client.query(`select ${functions}.bt_index_check($1::regclass, true)`, [relation.oid]);
      return undefined;
    }
    const {
      rows: [found],
    } = await client.query(`select blkno, msg from ${functions}.verify_heapam($1::regclass, on_error_stop => true) limit 1`, [relation.oid]);
    return found && `block ${found.blkno}: ${found.msg}`;
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    if (code === "42501") return "permission";
    // XX001 data_corrupted, XX002 index_corrupted: the finding. Anything else (a lost connection …) is no verdict on the data.
    if (code === "XX001" || code === "XX002") return message;
    throw error;
  }
}

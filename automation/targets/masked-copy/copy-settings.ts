/** What a copy gets beside schema and rows: comments that a profile keeps, sequences, and what keeps it from acting. */
import { DatabaseError, type Client } from "pg";
import { ShipshapeError } from "../../errors";

/** A comment as PostgreSQL identifies what it is on: "comment on table column public.customers.email". */
export interface KeptComment {
  id: string;
  text: string;
}

/** Errors: schema-not-loaded. */
export async function writeComments(copy: Client, identifier: string, comments: readonly KeptComment[]): Promise<void> {
  for (const { id, text } of comments)
    await placed(identifier, id, () => copy.query(`${commentStatement(id)} is ${copy.escapeLiteral(text)}`));
}

/** Pure: `pg_identify_object` names some kinds in another way than SQL does. */
export function commentStatement(id: string): string {
  const [, column] =
    /^comment on (?:table|view|materialized view|foreign table|composite type) column (.+)$/s.exec(id) ?? [];
  if (column !== undefined) return `comment on column ${column}`;
  const [, name, domain] = /^comment on domain constraint (.+?) on (.+)$/s.exec(id) ?? [];
  if (name !== undefined) return `comment on constraint ${name} on domain ${domain}`;
  return id
    .replace(/^comment on table constraint /, "comment on constraint ")
    .replace(/^comment on foreign-data wrapper /, "comment on foreign data wrapper ")
    .replace(/^comment on statistics object /, "comment on statistics ");
}

/**
 * After the largest value of the column that they fill, or at their beginning where it has none: where the source's are
 * tells how many rows it had.
 */
export async function followColumns(copy: Client): Promise<void> {
  const { rows } = await copy.query<{ query: string }>(`
    select format('select pg_catalog.setval(%s::pg_catalog.oid::pg_catalog.regclass, coalesce(m.last, s.seqstart), m.last is not null)
        from pg_catalog.pg_sequence s, (select pg_catalog.%s(%I)::pg_catalog.int8 as last from %I.%I) m where s.seqrelid = %s',
        s.seqrelid, case when s.seqincrement > 0 then 'max' else 'min' end, a.attname, n.nspname, c.relname, s.seqrelid) as query
    from pg_sequence s join pg_depend d on d.classid = 'pg_class'::regclass and d.objid = s.seqrelid and d.refclassid = 'pg_class'::regclass
      and d.deptype in ('a', 'i') and d.refobjsubid > 0
    join pg_class c on c.oid = d.refobjid join pg_namespace n on n.oid = c.relnamespace
    join pg_attribute a on a.attrelid = c.oid and a.attnum = d.refobjsubid
    where c.relkind in ('r', 'p') and a.atttypid in ('int2'::regtype, 'int4'::regtype, 'int8'::regtype) order by s.seqrelid`);
  for (const { query } of rows) await copy.query(query);
}

/** In one transaction. What they change is the team's own to say. Errors: disarming-failed. */
export async function disarmCopy(copy: Client, statements: readonly { sql: string }[]): Promise<void> {
  await copy.query("begin");
  for (const [at, { sql }] of statements.entries())
    try {
      await copy.query(sql);
    } catch (error) {
      if (!(error instanceof DatabaseError)) throw error;
      throw new ShipshapeError("disarming-failed", { number: String(at + 1), sqlstate: error.code ?? "unknown" });
    }
  await copy.query("commit");
}

/** Without the message of PostgreSQL, which may quote the text. */
async function placed(identifier: string, place: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
    throw new ShipshapeError("schema-not-loaded", { identifier, place, sqlstate: error.code ?? "unknown" });
  }
}

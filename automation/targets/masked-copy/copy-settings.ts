/** What a copy gets beside schema and rows: comments that a profile keeps, sequences, and what keeps it from acting. */
import { DatabaseError, type Client } from "pg";
import { ShipshapeError } from "../../errors";
import type { MaskingProfile } from "../../masking/profile";
import { CHANGEABLE_DEFINITIONS, type ChangeableDefinition } from "../schema-definitions";
import { loadSchema } from "./schema-load";

/**
 * Those that a profile keeps or replaces, as they are in the source by now: the profile's rules were done to it, and
 * what they have dropped has no comment there. The schema travels without comments. Errors: schema-not-loaded.
 */
export async function writeComments(
  source: Client,
  copy: Client,
  identifier: string,
  rules: MaskingProfile["definitions"],
): Promise<void> {
  const { rows } = await source.query<ChangeableDefinition>(CHANGEABLE_DEFINITIONS);
  const comments = rows.flatMap(({ kind, id, text, replace }) =>
    kind === "comment" && replace !== null && Object.hasOwn(rules, id)
      ? [{ place: id, sql: replace + copy.escapeLiteral(text) }]
      : [],
  );
  await loadSchema(copy, identifier, comments);
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

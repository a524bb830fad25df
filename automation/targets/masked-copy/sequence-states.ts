/** Sequences go on where the source's are: COPY moves none of them. */
import type { Client } from "pg";

export interface SequenceState {
  /** Quoted, as SQL names it. */
  sql: string;
  last: string;
  called: boolean;
}

/** Those that were used. Unlogged ones, too. */
export async function readSequenceStates(source: Client): Promise<SequenceState[]> {
  const { rows } = await source.query<{ sql: string }>(`
    select format('%I.%I', n.nspname, c.relname) as sql from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'S' and c.relpersistence <> 't' and n.nspname !~ '^(pg_|rdsadmin)' and n.nspname <> 'information_schema' order by c.oid`);
  const states: SequenceState[] = [];
  for (const { sql } of rows) {
    const { rows: found } = await source.query<{ last: string; called: boolean }>(
      `select last_value::text as last, is_called as called from ${sql}`,
    );
    if (found[0]) states.push({ sql, ...found[0] });
  }
  return states;
}

export async function moveSequences(target: Client, states: readonly SequenceState[]): Promise<void> {
  for (const { sql, last, called } of states)
    await target.query("select setval($1::text::regclass, $2::int8, $3)", [sql, last, called]);
}

/** What rows of a copy's tables are not, and what SQL reads whole: large objects, and texts of statements. */
import type { Client } from "pg";
import { valueBytesMax } from "../../masking/leak-index";
import { largeObjectPieceBytes } from "./limits";

/** As the search reads them. A refresh copies no large object: they come from what disarms the copy. */
export async function besideTables(copy: Client): Promise<{ query: string; places: string[]; types: string[] }[]> {
  const { rows } = await copy.query<{ objects: boolean; statements: string | null }>(BESIDE);
  const [found] = rows;
  const text = (query: string, place: string) => ({ query, places: [place], types: ["text"] });
  return [
    ...(found?.objects ? [text(LARGE_OBJECTS, "large objects")] : []),
    ...(found?.statements ? [text(found.statements, "texts of statements")] : []),
  ];
}

/** The function of the library itself: an owner could replace the view over it. It raises an error if not loaded. */
const BESIDE = `
select exists (select from pg_largeobject_metadata) as objects,
  (select format('select query from %I.pg_stat_statements(true) where dbid = (select oid from pg_database where datname = current_database())', n.nspname)
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace join pg_language l on l.oid = p.prolang
    where proname = 'pg_stat_statements' and pronargs = 1 and lanname = 'c' and probin ~ '(^|/)pg_stat_statements$'
      and current_setting('pg_stat_statements.max', true) is not null limit 1) as statements`;

/** In pieces that overlap, so that a value is whole in one of them. */
const LARGE_OBJECTS = `
select lo_get(m.oid, piece.at, ${largeObjectPieceBytes + 2 * valueBytesMax})
from pg_largeobject_metadata m
cross join lateral (select lo_lseek64(lo_open(m.oid, x'40000'::int), 0, 2) as bytes) o
cross join lateral generate_series(0, greatest(o.bytes - 1, 0), ${largeObjectPieceBytes}) piece (at)`;

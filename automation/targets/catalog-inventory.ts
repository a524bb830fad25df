/** What a database consists of, as lines that two databases can be compared by: relations, columns, indexes, constraints, routines … */
import { createHash } from "node:crypto";
import type { Client } from "pg";

export interface CatalogInventory {
  /** SHA-256 over all lines, sorted. */
  digest: string;
  counts: Record<string, number>;
  /** Kind → digest of its lines: tells where two inventories differ without keeping the lines of a large catalog. */
  digests: Record<string, string>;
}

/** Everything a user made; never the system's own, nor what belongs to an extension (its version stands for it). */
const LINES = `
with mine as (
  select n.oid from pg_namespace n where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
), owned as (select classid, objid from pg_depend where deptype = 'e')
select 'schema' as kind, format('%s owner=%s acl=%s', nspname, nspowner::regrole, nspacl) as line from pg_namespace where oid in (select oid from mine)
union all select 'extension', format('%s %s', extname, extversion) from pg_extension
union all select 'relation', format('%s %s kind=%s owner=%s rls=%s acl=%s', relnamespace::regnamespace, relname, relkind, relowner::regrole, relrowsecurity, relacl)
  from pg_class c where relnamespace in (select oid from mine) and relkind in ('r', 'p', 'v', 'm', 'S', 'f') and ('pg_class'::regclass, c.oid) not in (select * from owned)
union all select 'column', format('%s.%s %s %s notnull=%s default=%s', a.attrelid::regclass, attname, attnum, format_type(atttypid, atttypmod), attnotnull, pg_get_expr(adbin, adrelid))
  from pg_attribute a join pg_class c on c.oid = attrelid left join pg_attrdef d on d.adrelid = attrelid and d.adnum = attnum
  where relnamespace in (select oid from mine) and relkind in ('r', 'p', 'v', 'm', 'f') and attnum > 0 and not attisdropped and ('pg_class'::regclass, c.oid) not in (select * from owned)
union all select 'index', format('%s valid=%s', pg_get_indexdef(indexrelid), indisvalid) from pg_index join pg_class c on c.oid = indrelid where relnamespace in (select oid from mine)
union all select 'constraint', format('%s %s %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) from pg_constraint where connamespace in (select oid from mine) and conrelid <> 0
union all select 'view', format('%s %s', c.oid::regclass, md5(pg_get_viewdef(c.oid))) from pg_class c where relnamespace in (select oid from mine) and relkind in ('v', 'm') and ('pg_class'::regclass, c.oid) not in (select * from owned)
union all select 'routine', format('%s %s owner=%s', p.oid::regprocedure, md5(prosrc), proowner::regrole) from pg_proc p where pronamespace in (select oid from mine) and ('pg_proc'::regclass, p.oid) not in (select * from owned)
union all select 'trigger', pg_get_triggerdef(t.oid) from pg_trigger t join pg_class c on c.oid = tgrelid where relnamespace in (select oid from mine) and not tgisinternal
union all select 'policy', format('%s %s %s %s', polrelid::regclass, polname, pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid)) from pg_policy
union all select 'type', format('%s %s %s', typnamespace::regnamespace, typname, typtype) from pg_type t where typnamespace in (select oid from mine) and typtype in ('e', 'd') and ('pg_type'::regclass, t.oid) not in (select * from owned)
order by 1, 2`;

export async function takeInventory(client: Client): Promise<CatalogInventory> {
  // Names are written out in full then, whatever path the role that asks has been given.
  await client.query("set search_path = pg_catalog");
  const { rows } = await client.query<{ kind: string; line: string }>(LINES);
  const kinds = new Map<string, string[]>();
  for (const { kind, line } of rows)
    kinds
      .set(kind, kinds.get(kind) ?? [])
      .get(kind)
      ?.push(line);
  const digests = Object.fromEntries([...kinds].map(([kind, of]) => [kind, sha256(of)]));
  const counts = Object.fromEntries([...kinds].map(([kind, of]) => [kind, of.length]));
  return { digest: sha256(Object.entries(digests).map(([k, d]) => `${k} ${d}`)), counts, digests };
}

/** Length before each line, so that no two lists of lines can be told as one. */
const sha256 = (lines: string[]) => lines.reduce((h, l) => h.update(`${Buffer.byteLength(l)}:${l}`), createHash("sha256")).digest("hex");

/** The kinds in which two inventories differ. */
export function differingKinds(a: CatalogInventory, b: CatalogInventory): string[] {
  return [...new Set([...Object.keys(a.digests), ...Object.keys(b.digests)])].filter((k) => a.digests[k] !== b.digests[k]).sort();
}

/** What a copy must have of its source besides rows, as lines that are equal where the objects are. */

const own = (schema: string) => `${schema} !~ '^(pg_|rdsadmin)' and ${schema} <> 'information_schema'`;

/** Objects that an extension brings are compared by the extension. */
const independent = (catalog: string, oid: string) =>
  `not exists (select from pg_depend x where x.classid = '${catalog}'::regclass and x.objid = ${oid} and x.deptype = 'e')`;

const sources: string[] = [
  `select 'schema ' || quote_ident(n.nspname) || ' of ' || n.nspowner::regrole from pg_namespace n where ${own("n.nspname")}`,
  `select case c.relkind when 'v' then 'view ' when 'm' then 'materialized view ' when 'S' then 'sequence ' when 'i' then 'index ' when 'I' then 'index ' when 'f' then 'foreign table ' when 'c' then 'type ' else 'table ' end
     || c.oid::regclass || ' of ' || c.relowner::regrole
     || case when c.relforcerowsecurity then ' with forced row-level security' else '' end || case when i.indisvalid = false then ' that is invalid' else '' end
   from pg_class c join pg_namespace n on n.oid = c.relnamespace left join pg_index i on i.indexrelid = c.oid
   where ${own("n.nspname")} and c.relkind <> 't' and ${independent("pg_class", "c.oid")}`,
  `select 'privileges on ' || c.oid::regclass || ': ' || a.grantee::regrole || ' ' || string_agg(a.privilege_type || case when a.is_grantable then '*' else '' end, ' ' order by a.privilege_type)
   from pg_class c join pg_namespace n on n.oid = c.relnamespace, aclexplode(c.relacl) a where ${own("n.nspname")} and c.relacl is not null and ${independent("pg_class", "c.oid")} group by c.oid, a.grantee`,
  `select 'privileges on schema ' || quote_ident(n.nspname) || ': ' || a.grantee::regrole || ' ' || string_agg(a.privilege_type, ' ' order by a.privilege_type)
   from pg_namespace n, aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) a where ${own("n.nspname")} group by n.nspname, a.grantee`,
  `select 'column ' || c.oid::regclass || '.' || quote_ident(a.attname) || ' ' || format_type(a.atttypid, a.atttypmod) || case when a.attnotnull then ' not null' else '' end || a.attidentity::text || a.attgenerated::text
   from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
   where ${own("n.nspname")} and a.attnum > 0 and not a.attisdropped and c.relkind in ('r', 'p', 'v', 'm', 'f', 'c') and ${independent("pg_class", "c.oid")}`,
  // From 18 on NOT NULL is a constraint, too; the columns above have it. A key from or to partitions has further ones for
  // them, whose names depend on the version.
  `select 'constraint ' || quote_ident(k.conname) || ' of ' || coalesce(nullif(k.conrelid, 0)::regclass::text, k.contypid::regtype::text) || case when k.convalidated then '' else ' that is not validated' end
   from pg_constraint k join pg_namespace n on n.oid = k.connamespace where ${own("n.nspname")} and k.contype <> 'n' and not (k.contype = 'f' and k.conparentid <> 0) and ${independent("pg_constraint", "k.oid")}
     and ${independent("pg_class", "k.conrelid")}`,
  `select 'trigger ' || quote_ident(t.tgname) || ' of ' || t.tgrelid::regclass || ' ' || t.tgenabled::text from pg_trigger t where not t.tgisinternal`,
  `select 'policy ' || quote_ident(p.polname) || ' of ' || p.polrelid::regclass from pg_policy p`,
  `select 'routine ' || p.oid::regprocedure || ' of ' || p.proowner::regrole from pg_proc p join pg_namespace n on n.oid = p.pronamespace where ${own("n.nspname")} and ${independent("pg_proc", "p.oid")}`,
  `select 'type ' || t.oid::regtype || ' of ' || t.typowner::regrole from pg_type t join pg_namespace n on n.oid = t.typnamespace
   where ${own("n.nspname")} and t.typtype in ('e', 'd', 'r') and ${independent("pg_type", "t.oid")}`,
  `select 'label ' || quote_literal(e.enumlabel) || ' of ' || e.enumtypid::regtype from pg_enum e where e.enumtypid >= 16384 and ${independent("pg_type", "e.enumtypid")}`,
  `select 'extended statistics ' || quote_ident(s.stxname) from pg_statistic_ext s`,
  `select 'extension ' || quote_ident(e.extname) from pg_extension e`,
  `select 'publication ' || quote_ident(p.pubname) from pg_publication p`,
];

/** Names with their schemas, since the search path of our sessions has none of a team's. */
export const objectsQuery = `select line from (${sources.map((one) => `(${one})`).join("\nunion all ")}) as o (line) where line is not null`;

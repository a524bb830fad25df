/** What of a database is no row and can still contain a value: definitions, comments, settings, statistics. */

const own = (schema: string) => `${schema} !~ '^(pg_|rdsadmin)' and ${schema} <> 'information_schema'`;

/** Catalogs of what has a name of its own. */
const named = [
  "pg_class",
  "pg_collation",
  "pg_constraint",
  "pg_conversion",
  "pg_event_trigger",
  "pg_foreign_data_wrapper",
  "pg_foreign_server",
  "pg_language",
  "pg_namespace",
  "pg_opclass",
  "pg_operator",
  "pg_opfamily",
  "pg_policy",
  "pg_proc",
  "pg_publication",
  "pg_rewrite",
  "pg_statistic_ext",
  "pg_trigger",
  "pg_ts_config",
  "pg_ts_dict",
  "pg_type",
];

/**
 * Columns of PostgreSQL's own tables with texts of people, whose statistics outlive what was dropped. Others have names
 * of PostgreSQL's own, which a value may equal.
 */
const catalogTexts = [
  ["pg_description", "description"],
  ["pg_enum", "enumlabel"],
  ["pg_foreign_server", "srvoptions"],
  ["pg_proc", "prosrc"],
].map(([table, column]) => `('${table}', '${column}')`);

/** What ANALYZE has noted of values. */
const statistics: string[] = [
  `select 'statistics', 'of ' || schemaname || '.' || tablename || '.' || attname, concat_ws(' ', most_common_vals::text, histogram_bounds::text, most_common_elems::text) from pg_stats where ${own("schemaname")} or (schemaname = 'pg_catalog' and (tablename, attname) in (${catalogTexts.join(", ")}))`,
  `select 'extended statistics', 'of ' || schemaname || '.' || tablename, most_common_vals::text from pg_stats_ext where ${own("schemaname")}`,
  `select 'extended statistics', 'of ' || schemaname || '.' || tablename, concat_ws(' ', expr, most_common_vals::text, histogram_bounds::text, most_common_elems::text) from pg_stats_ext_exprs where ${own("schemaname")}`,
];

/** Each as its kind, where it is, and its text. Readable by whom the schema belongs to. */
const sources: string[] = [
  `select 'constraint', conname || ' of ' || conrelid::regclass::text, pg_get_constraintdef(k.oid) from pg_constraint k join pg_namespace n on n.oid = connamespace where ${own("n.nspname")}`,
  `select 'default', 'of ' || adrelid::regclass::text || '.' || attname, pg_get_expr(adbin, adrelid) from pg_attrdef join pg_attribute on attrelid = adrelid and attnum = adnum`,
  `select 'default', 'of the domain ' || oid::regtype::text, typdefault from pg_type where typtype = 'd' and typdefault is not null`,
  `select 'index', indexrelid::regclass::text, pg_get_indexdef(indexrelid) from pg_index i join pg_class c on c.oid = indexrelid join pg_namespace n on n.oid = relnamespace where ${own("n.nspname")}`,
  `select 'view', schemaname || '.' || viewname, definition from pg_views where ${own("schemaname")}`,
  `select 'materialized view', schemaname || '.' || matviewname, definition from pg_matviews where ${own("schemaname")}`,
  `select 'function', p.oid::regprocedure::text, case when prokind <> 'a' then pg_get_functiondef(p.oid) end from pg_proc p join pg_namespace n on n.oid = pronamespace where ${own("n.nspname")}`,
  `select 'trigger', tgname || ' of ' || tgrelid::regclass::text, pg_get_triggerdef(oid) from pg_trigger where not tgisinternal`,
  `select 'rule', rulename || ' of ' || schemaname || '.' || tablename, definition from pg_rules where ${own("schemaname")}`,
  `select 'policy', policyname || ' of ' || schemaname || '.' || tablename, concat_ws(' ', qual, with_check) from pg_policies`,
  `select 'partition', c.oid::regclass::text, pg_get_expr(relpartbound, c.oid) from pg_class c where relpartbound is not null`,
  `select 'partition key', 'of ' || partrelid::regclass::text, pg_get_partkeydef(partrelid) from pg_partitioned_table`,
  `select 'extended statistics', stxname, pg_get_statisticsobjdef(oid) from pg_statistic_ext`,
  `select 'label', 'of ' || enumtypid::regtype::text, enumlabel::text from pg_enum where enumtypid >= 16384`,
  `select 'comment', 'on ' || pg_describe_object(classoid, objoid, objsubid), description from pg_description where objoid >= 16384`,
  `select 'comment', 'on the database', description from pg_shdescription where classoid = 'pg_database'::regclass and objoid = (select oid from pg_database where datname = current_database())`,
  `select 'comment', 'on ' || pg_describe_object(classoid, objoid, 0), description from pg_shdescription where classoid = 'pg_authid'::regclass and objoid >= 16384`,
  `select 'security label', '', label from pg_seclabel`,
  `select 'setting', 'of ' || case when setrole = 0 then 'the database' else setrole::regrole::text end, unnest(setconfig) from pg_db_role_setting where setdatabase = 0 or setdatabase = (select oid from pg_database where datname = current_database())`,
  `select 'options', 'of ' || c.oid::regclass::text, unnest(reloptions) from pg_class c where reloptions is not null`,
  `select 'foreign data wrapper', fdwname, unnest(fdwoptions) from pg_foreign_data_wrapper`,
  `select 'foreign server', srvname, unnest(srvoptions) from pg_foreign_server`,
  `select 'foreign table', ftrelid::regclass::text, unnest(ftoptions) from pg_foreign_table`,
  `select 'foreign column', attrelid::regclass::text || '.' || attname, unnest(attfdwoptions) from pg_attribute where attfdwoptions is not null`,
  `select 'user mapping', 'of ' || srvname, unnest(umoptions) from pg_user_mappings`,
  `select 'publication', p.pubname || ' of ' || r.prrelid::regclass::text, pg_get_expr(prqual, prrelid) from pg_publication_rel r join pg_publication p on p.oid = prpubid where prqual is not null`,
  `select 'aggregate', aggfnoid::regprocedure::text, concat_ws(' ', agginitval, aggminitval) from pg_aggregate where aggfnoid >= 16384`,
  `select 'collation', oid::regcollation::text, to_jsonb(o) ->> 'collicurules' from pg_collation o where oid >= 16384`,
  `select 'missing value', 'of ' || attrelid::regclass::text || '.' || attname, attmissingval::text from pg_attribute where attmissingval is not null`,
  `select 'text search dictionary', oid::regdictionary::text, dictinitoption from pg_ts_dict where oid >= 16384`,
  `select 'name of column', 'of ' || attrelid::regclass::text, attname::text from pg_attribute join pg_class c on c.oid = attrelid join pg_namespace n on n.oid = relnamespace where ${own("n.nspname")} and attnum > 0`,
  `select 'name of role', '', rolname::text from pg_roles where oid >= 16384`,
  `select 'name of ' || i.type, '', i.identity from (${named.map((catalog) => `select '${catalog}'::regclass as catalog, oid from ${catalog} where oid >= 16384`).join(" union all ")}) o
    cross join pg_identify_object(catalog, oid, 0) i where i.schema is null or ${own("i.schema")}`,
];

const listed = (queries: string[]) =>
  `select kind, name, text from (${queries.map((one) => `(${one})`).join("\nunion all ")}) as d (kind, name, text) where text is not null`;

/** `kind`, `name` and `text` of each. */
export const definitionsQuery = listed([...sources, ...statistics]);

/** Those that stay as they are as long as nobody changes one; a refresh says in the database's comment what it is. */
export const lastingDefinitionsQuery = `${listed(sources)} and not (kind = 'comment' and name = 'on the database')`;

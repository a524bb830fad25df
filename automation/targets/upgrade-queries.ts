/**
 * What is looked for before an upgrade, each one statement that needs no more than pg_monitor. They rely on the session
 * (control-session.ts): only PostgreSQL's own functions and operators answer to an unqualified name. Each returns names,
 * the worst first by `rank`.
 */
import { longTransactionSeconds, standbyBytesBehindMax, transactionIdsMax } from "../patches/limits";
import type { DatabaseTopic, InstanceTopic } from "../patches/upgrade-facts";

export interface UpgradeQuery {
  /** `select … as name, … as rank`. */
  sql: string;
  parameters?: number[];
  /** Without it PostgreSQL shows less, and says nothing. */
  needs?: "pg_read_all_stats" | "pg_read_all_settings";
}

/** A replica cannot say where it writes. */
const WAL_POSITION = `case when pg_catalog.pg_is_in_recovery() then pg_catalog.pg_last_wal_replay_lsn()
  else pg_catalog.pg_current_wal_lsn() end`;

/** RDS's own, which follow an instance or a green one; what RDS names those of a green of another major is not known. */
const RDS_SLOT = "^rds_[a-z0-9_]+_db_[a-z0-9]{26}(_[0-9]+)?$";

/** Of RDS itself. */
const NOT_RDS = (owner: string): string => `pg_catalog.pg_get_userbyid(${owner}) <> 'rdsadmin'`;

const USER_RELATIONS = `pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'`;

export const instanceQueries: Record<InstanceTopic, UpgradeQuery> = {
  logicalSlots: {
    sql: `select slot_name || ' in ' || database as name, 0 as rank from pg_catalog.pg_replication_slots
      where slot_type = 'logical' and slot_name !~ '${RDS_SLOT}'`,
  },
  inactiveSlots: {
    sql: `select slot_name || case when wal_status = 'lost' then ', lost'
        else ', keeps ' || pg_catalog.pg_size_pretty(coalesce(kept, 0)) || ' of WAL' end as name, coalesce(kept, 0) as rank
      from (select slot_name, wal_status, pg_catalog.pg_wal_lsn_diff(${WAL_POSITION}, restart_lsn) as kept
        from pg_catalog.pg_replication_slots where not active) s`,
  },
  standbysBehind: {
    sql: `select application_name || ', ' || state || ', '
        || coalesce(pg_catalog.pg_size_pretty(behind) || ' behind', 'has not said how far it is') as name,
        coalesce(behind, 0) as rank
      from (select application_name, coalesce(state, 'unknown') as state,
          pg_catalog.pg_wal_lsn_diff(${WAL_POSITION}, replay_lsn) as behind
        from pg_catalog.pg_stat_replication) s
      where state <> 'streaming' or behind is null or behind > $1`,
    parameters: [standbyBytesBehindMax],
    needs: "pg_read_all_stats",
  },
  subscriptions: {
    sql: `select s.subname || ' in ' || d.datname as name, 0 as rank
      from pg_catalog.pg_subscription s join pg_catalog.pg_database d on d.oid = s.subdbid where ${NOT_RDS("s.subowner")}`,
  },
  prepared: {
    sql: `select gid || ' of ' || owner || ' in ' || database as name,
        extract(epoch from pg_catalog.clock_timestamp() - prepared) as rank
      from pg_catalog.pg_prepared_xacts`,
  },
  longTransactions: {
    sql: `select 'process ' || pid || ' of ' || coalesce(usename, 'no role') || ', ' || coalesce(state, backend_type) as name,
        extract(epoch from pg_catalog.clock_timestamp() - xact_start) as rank
      from pg_catalog.pg_stat_activity
      where xact_start < pg_catalog.clock_timestamp() - pg_catalog.make_interval(secs => $1)
        and pid <> pg_catalog.pg_backend_pid() and backend_type not in ('autovacuum worker', 'walsender')`,
    parameters: [longTransactionSeconds],
    needs: "pg_read_all_stats",
  },
  wraparound: {
    sql: `select datname as name, greatest(pg_catalog.age(datfrozenxid), pg_catalog.mxid_age(datminmxid)) as rank
      from pg_catalog.pg_database
      where pg_catalog.age(datfrozenxid) > $1 or pg_catalog.mxid_age(datminmxid) > $1`,
    parameters: [transactionIdsMax],
  },
  closedDatabases: {
    sql: `select datname as name, 0 as rank from pg_catalog.pg_database
      where datconnlimit = -2 or not datallowconn and datname <> 'template0'`,
  },
  waitingParameters: {
    sql: "select name, 0 as rank from pg_catalog.pg_settings where pending_restart",
    needs: "pg_read_all_settings",
  },
  checksumFailures: {
    sql: `select coalesce(datname, 'what all databases share') || ', ' || checksum_failures as name, checksum_failures as rank
      from pg_catalog.pg_stat_database where checksum_failures > 0`,
  },
  databaseCollations: {
    sql: `select datname || ', ' || datcollversion || ' and now ' || actual as name, 0 as rank
      from (select datname, datcollversion, pg_catalog.pg_database_collation_actual_version(oid) as actual
        from pg_catalog.pg_database where datallowconn) d
      where datcollversion <> actual`,
  },
};

/**
 * Types whose values mean something else in the next major: those of which pg_upgrade refuses columns
 * (`data_types_usage_checks` in its check.c), also inside of domains, arrays, composite types and ranges.
 */
const REMOVED_TYPES = `with recursive made_of (inside, type) as materialized (
    select typbasetype, oid from pg_catalog.pg_type where typtype = 'd'
    union all select typelem, oid from pg_catalog.pg_type where typelem <> 0 and typcategory = 'A'
    union all select a.atttypid, c.reltype from pg_catalog.pg_class c
      join pg_catalog.pg_attribute a on a.attrelid = c.oid where c.relkind = 'c' and not a.attisdropped
    union all select rngsubtype, rngtypid from pg_catalog.pg_range),
  removed (type) as (
    select t.oid from pg_catalog.pg_type t join pg_catalog.pg_namespace n on n.oid = t.typnamespace
    where n.nspname = 'pg_catalog' and (t.typname in ('regcollation', 'regconfig', 'regdictionary', 'regnamespace',
        'regoper', 'regoperator', 'regproc', 'regprocedure')
      or t.typname = 'aclitem' and pg_catalog.current_setting('server_version_num')::int4 < 160000)
      or t.typtype = 'c' and (t.oid < 16384 or n.nspname = 'information_schema')
    union
    select m.type from removed r join made_of m on m.inside = r.type)
  select a.attrelid::pg_catalog.regclass || '.' || pg_catalog.quote_ident(a.attname) || ', '
      || pg_catalog.format_type(a.atttypid, null) as name, 0 as rank
  from ${USER_RELATIONS} join pg_catalog.pg_attribute a on a.attrelid = c.oid
  where c.relkind in ('r', 'm', 'i') and not a.attisdropped and a.atttypid in (select type from removed)`;

export const databaseQueries: Record<DatabaseTopic, UpgradeQuery> = {
  publications: {
    sql: `select pubname as name, 0 as rank from pg_catalog.pg_publication where ${NOT_RDS("pubowner")}`,
  },
  // Each partition counts: its changes are sent under its own name. A key that is deferrable identifies no row.
  keyless: {
    sql: `select c.oid::pg_catalog.regclass::text as name, 0 as rank from ${USER_RELATIONS}
      where c.relkind = 'r' and c.relpersistence = 'p' and c.relreplident <> 'f'
        and (c.relreplident = 'n' or not exists (select from pg_catalog.pg_index i where i.indrelid = c.oid and i.indisvalid
          and case c.relreplident when 'i' then i.indisreplident else i.indisprimary and i.indimmediate end))`,
  },
  unlogged: {
    sql: `select c.oid::pg_catalog.regclass::text as name, 0 as rank from ${USER_RELATIONS}
      where c.relkind = 'r' and c.relpersistence = 'u'`,
  },
  materializedViews: {
    sql: `select c.oid::pg_catalog.regclass::text as name, 0 as rank from ${USER_RELATIONS}
      where c.relkind = 'm' and c.relispopulated`,
  },
  largeObjects: { sql: "select oid::text as name, 0 as rank from pg_catalog.pg_largeobject_metadata" },
  removedTypes: { sql: REMOVED_TYPES },
  systemViews: {
    sql: `select distinct r.ev_class::pg_catalog.regclass || ' over ' || c.relname as name, 0 as rank
      from pg_catalog.pg_depend d join pg_catalog.pg_rewrite r on r.oid = d.objid
      join pg_catalog.pg_class c on c.oid = d.refobjid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      where d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass
        and d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass and n.nspname = 'pg_catalog'
        and pg_catalog.starts_with(c.relname::text, 'pg_stat_') and r.ev_class >= 16384`,
  },
  invalidIndexes: {
    sql: `select indexrelid::pg_catalog.regclass::text as name, 0 as rank from pg_catalog.pg_index
      where not indisvalid or not indisready`,
  },
  collations: {
    sql: `select collname || ', ' || collversion || ' and now ' || actual as name, 0 as rank
      from (select collname, collversion, pg_catalog.pg_collation_actual_version(oid) as actual
        from pg_catalog.pg_collation where collversion is not null) c
      where collversion <> actual`,
  },
  extensions: { sql: "select extname as name, 0 as rank from pg_catalog.pg_extension where extname <> 'plpgsql'" },
  extensionsBehind: {
    sql: `select extname || ' ' || extversion || ', the server has ' || default_version as name, 0 as rank
      from pg_catalog.pg_extension join pg_catalog.pg_available_extensions on name = extname
      where extversion <> default_version`,
  },
};

const setting = (name: string): string => `pg_catalog.current_setting('${name}')::pg_catalog.int4`;
const number = (view: string): string => `(select pg_catalog.count(*)::pg_catalog.int4 from pg_catalog.${view})`;

export const SETTINGS = `select pg_catalog.jsonb_build_object(
    'logicalReplication', pg_catalog.current_setting('wal_level') = 'logical',
    'databases', ${number("pg_database")},
    'slots', pg_catalog.jsonb_build_object('max', ${setting("max_replication_slots")}, 'used', ${number("pg_replication_slots")}),
    'senders', pg_catalog.jsonb_build_object('max', ${setting("max_wal_senders")}, 'used', ${number("pg_stat_replication")}),
    'logicalWorkersMax', ${setting("max_logical_replication_workers")}) as settings`;

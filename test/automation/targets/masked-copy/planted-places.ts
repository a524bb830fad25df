/**
 * Where real values survive, place by place: what plants one in a copy, and what the search for leaks says then; or why
 * no search by SQL can find it. docs/masking.md has the same list, see planted-places.test.ts.
 */

/** In each planted value, and nowhere else. */
export const REAL = "zq7REALqz";

export interface Place {
  /** As the page says it. */
  place: string;
  /** Of the value with that number, inside of E''. */
  plant?: (value: string) => string;
  /** Who plants it. @default the superuser that no customer has */
  by?: "the master";
  /** What is found: the arm, and the place that a report names. */
  found?: string[];
  /** Why nothing can be. */
  notReachable?: string;
}

/** As in every copy, of roles that the master is a member of. */
export const givenToOwner = `do $$ declare one text; begin
  for one in select format('%I.%I', n.nspname, c.relname) from pg_class c join pg_namespace n on n.oid = relnamespace
    where nspname = 'app' and relkind in ('r', 'p', 'm', 'f') and relowner = 10 loop
    execute format('alter table %s owner to owner', one);
  end loop;
  for one in select oid from pg_largeobject_metadata loop execute format('alter large object %s owner to owner', one); end loop;
end $$`;

const rows: Place[] = [
  {
    place: "rows of tables, of partitions and of children",
    plant: (value) => `update app.base set note = E'written by ${value} x' where id = 1;
      update app.order_2026 set id = 49171555019977 where id = (select min(id) from app.order_2026)`,
    found: ["value: app.base.note", "value: app.child.note", "value: app.order_2026.id (as a number)"],
  },
  {
    place: "long values that are compressed or out of line (TOAST)",
    plant: (value) =>
      `update app.child set extra = (select string_agg(md5(i::text), ' ') from generate_series(1, 2000) i) || E' ${value} ' where id = 3`,
    found: ["value: app.child.extra"],
  },
  {
    place: "documents, arrays and bytes",
    plant: (value) =>
      `update app.customer set doc = jsonb_build_object('who', E'${value}'), tags = array[E'${value}'], photo = convert_to(E'${value}', 'UTF8') where id = 2`,
    found: ["value: app.customer.doc", "value: app.customer.photo", "value: app.customer.tags"],
  },
  {
    place: "generated columns",
    plant: (value) => `update app.customer set name = E'${value}' where id = 4`,
    found: ["value: app.customer.name", "value: app.customer.shout"],
  },
  {
    place: "unlogged tables",
    plant: (value) => `create unlogged table app.fast as select E'${value}'::text as who`,
    found: ["value: app.fast.who"],
  },
  {
    place: "filled materialized views",
    plant: () => "create materialized view app.seen as select note as who from only app.base where id = 1",
    found: ["value: app.seen.who"],
  },
  {
    place: "large objects",
    // Where one piece that is read ends, and the next begins.
    plant: (value) => `select lo_from_bytea(424242, convert_to(repeat('x ', 65532) || E'${value}', 'UTF8'))`,
    found: ["value: large objects"],
  },
  {
    place: "texts of statements in pg_stat_statements",
    plant: (value) => `do $$ begin perform E'${value}'; end $$`,
    by: "the master",
    found: ["value: texts of statements"],
  },
];

const statistics: Place[] = [
  {
    place: "statistics, also of tables that are empty by now (pg_statistic)",
    plant: (value) => `create table app.stale as select E'${value}'::text as who from generate_series(1, 100);
      alter table app.stale owner to owner; analyze app.stale; truncate app.stale`,
    found: ["definition: statistics of app.stale.who"],
  },
  {
    place: "extended statistics: most common values, and of expressions",
    plant: (
      value,
    ) => `create table app.pairs as select E'${value}'::text as a, i % 2 as b from generate_series(1, 100) i;
      alter table app.pairs owner to owner; create statistics app.both (mcv) on a, b, (a || 'x') from app.pairs;
      analyze app.pairs; truncate app.pairs`,
    found: ["definition: extended statistics of app.pairs", "definition: statistics of app.pairs.a"],
  },
  {
    place: "statistics of PostgreSQL's own tables, of what was dropped too",
    plant: (value) => `create type app.gone as enum (E'${value}'); analyze pg_enum; drop type app.gone`,
    found: ["definition: statistics of pg_catalog.pg_enum.enumlabel"],
  },
  {
    place: "the default that rows from before their column have",
    plant: (value) => `create table app.grown as select 1 as id;
      alter table app.grown add m text default E'${value}'; alter table app.grown alter m drop default; delete from app.grown`,
    found: ["definition: missing value of app.grown.m"],
  },
];

const texts: Place[] = [
  {
    place: "comments: of what is in the database, of itself, of roles",
    plant: (value) => `comment on column app.customer.email is E'like ${value} had'; create role planted;
      comment on large object 424242 is E'${value}'; comment on database app is E'${value}'; comment on role planted is E'${value}'`,
    found: [
      "definition: comment on column email of table app.customer",
      "definition: comment on large object 424242",
      "definition: comment on role planted",
      "definition: comment on the database",
    ],
  },
  {
    place: "labels of enums",
    plant: (value) => `alter type app.state add value E'${value}'`,
    found: ["definition: label of app.state"],
  },
  {
    place: "defaults and expressions of generated columns",
    plant: (value) => `alter table only app.fast alter who set default E'${value}';
      create table app.derived (a int, b text generated always as (a::text || E'${value}') stored)`,
    found: ["definition: default of app.derived.b", "definition: default of app.fast.who"],
  },
  {
    place: "constraints",
    plant: (value) => `alter table app.base add check (note <> E'${value}');
      alter table app.fast add constraint one exclude using btree (who with =) where (who <> E'${value}')`,
    found: [
      "definition: constraint base_note_check of app.base",
      "definition: constraint base_note_check of app.child",
      "definition: constraint one of app.fast",
      "definition: index app.one",
    ],
  },
  {
    place: "domains",
    plant: (value) => `create domain app.who as text default E'${value}' check (value <> E'${value}')`,
    found: ["definition: constraint who_check of -", "definition: default of the domain app.who"],
  },
  {
    place: "predicates and expressions of indexes",
    plant: (value) => `create index on app.base (id) where note = E'${value}'`,
    found: ["definition: index app.base_id_idx"],
  },
  {
    place: "keys and bounds of partitions",
    plant: (value) => `create table app.parts (who text) partition by list (who);
      create table app.part_1 partition of app.parts for values in (E'${value}');
      create table app.keyed (who text) partition by list ((who || E'${value}'))`,
    found: ["definition: partition app.part_1", "definition: partition key of app.keyed"],
  },
  {
    place: "bodies of functions, first values of aggregates",
    plant: (value) => `create function app.who() returns text language sql as E'select $x$${value}$x$';
      create aggregate app.all_of(text) (sfunc = textcat, stype = text, initcond = E'${value}')`,
    found: ["definition: aggregate app.all_of(text)", "definition: function app.who()"],
  },
  {
    place: "views, rules, policies and conditions of triggers",
    plant: (value) => `create view app.those as select from app.base where note = E'${value}';
      create rule quiet as on delete to app.derived where old.b = E'${value}' do instead nothing;
      create policy those on app.base using (note = E'${value}');
      create function app.touch() returns trigger language plpgsql as 'begin return new; end';
      create trigger touched before update on app.derived for each row when (old.b = E'${value}') execute function app.touch()`,
    found: [
      "definition: policy those of app.base",
      "definition: rule quiet of app.derived",
      "definition: trigger touched of app.derived",
      "definition: view app.those",
    ],
  },
  {
    place: "filters of publications",
    plant: (value) => `create publication p for table app.base where (note = E'${value}')`,
    found: ["definition: publication p of app.base", "definition: publication p of app.child"],
  },
  {
    place: "settings of roles and of the database",
    plant: (value) => `alter role owner in database app set application_name = E'${value}';
      alter role planted set application_name = E'${value}'; alter database app set my.own = E'${value}'`,
    found: ["definition: setting of owner", "definition: setting of planted", "definition: setting of the database"],
  },
  {
    place: "options of foreign servers, their tables and columns, and the master's user mappings",
    plant: (value) => `create foreign data wrapper far options (a E'${value}');
      create server away foreign data wrapper far options (a E'${value}'); grant usage on foreign server away to boss;
      create user mapping for boss server away options (password E'${value}');
      create foreign table app.there (a int options (a E'${value}')) server away options (a E'${value}')`,
    found: [
      "definition: foreign column app.there.a",
      "definition: foreign data wrapper far",
      "definition: foreign server away",
      "definition: foreign table app.there",
      "definition: user mapping of away",
    ],
  },
  {
    place: "rules of collations",
    plant: () => `create collation app.odd (provider = icu, locale = 'und', rules = '&${REAL}note1 < b')`,
    found: ["definition: collation app.odd"],
  },
  {
    place: "names of schemas, columns, sequences and of everything else, roles included",
    plant: (value) => `do $$ begin
        execute format('create schema %I', E'${value}');
        execute format('create type app.%I as (a int)', E'${value}');
        execute format('create index %I on app.base (id)', E'${value} first');
        execute format('create policy %I on app.customer using (true)', E'${value}');
        execute format('create sequence app.%I', E'${value} too');
        execute format('alter table app.derived add constraint %I check (a > 0)', E'${value}');
        execute format('alter table app.derived add %I int', E'${value}');
        execute format('create role %I', E'${value}');
      end $$`,
    found: [
      "definition: index",
      "definition: name of column of app.derived",
      "definition: name of composite type",
      "definition: name of index",
      "definition: name of policy",
      "definition: name of role",
      "definition: name of schema",
      "definition: name of sequence",
      "definition: name of table constraint",
      "definition: name of type",
    ],
  },
];

const raw: Place[] = [
  {
    place: "the log of changes, its archive and backups",
    notReachable: "raw files: on RDS nobody reads them. A refresh never writes a real value to the copy's storage",
  },
  {
    place: "freed blocks, dead rows and keys of indexes (btree, GIN, BRIN, hash)",
    notReachable: "no query reads them",
  },
  {
    place: "server logs, files of a statement that sorts",
    notReachable: "no query reads them. The copy's server is given masked rows only",
  },
  {
    place: "subscriptions, user mappings of others, passwords of roles",
    notReachable: "no master may read them. They never travel",
  },
  { place: "security labels", notReachable: "searched, but RDS has no provider of one. They never travel" },
  {
    place: "replication slots, prepared transactions",
    notReachable: "a new database has none, and a refresh makes none",
  },
  {
    place: "where sequences are",
    notReachable: "numbers alone: `sequences: column` says no more than the rows",
  },
];

export const places: Place[] = [...rows, ...statistics, ...texts, ...raw];

/** A schema with everything that a masking profile has to know of; its definitions contain made-up values. */
export const oddSchema = `
create schema shop; create schema "Odd.Name";
create role clerk;
create type shop.status as enum ('active', 'on_hold', 'Fischer & Sons');
create domain shop.short_text as varchar(40) constraint not_blank check (value <> '');
create domain shop.mail as shop.short_text not null default 'nobody@example.org' constraint at_sign check (value ~ '@');
create collation shop.insensitive (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
create extension citext; create extension pg_trgm;
create table shop.customer (
  id bigint generated always as identity primary key,
  email shop.mail unique,
  "firstName" text, last_name text, nick citext, phone varchar(20),
  status shop.status not null default 'active',
  kind text check (kind in ('private', 'Acme Holding')),
  born date, created_at timestamptz not null default now(),
  code char(8), score numeric(6, 2), total numeric(12, 0), extra jsonb, tags text[], photo bytea,
  words tsvector generated always as (to_tsvector('simple', coalesce(last_name, ''))) stored,
  referred_by bigint references shop.customer,
  label text collate shop.insensitive,
  note text not null default 'ask Mrs. Miller',
  last_ip inet);
comment on column shop.customer.phone is 'for example +49 30 1234567 (Ada)';
create unique index customer_mail_folded on shop.customer (lower(email));
create index customer_vip on shop.customer (id) where last_name = 'Rockefeller';
create table shop.orders (
  id uuid default gen_random_uuid(), placed date not null, customer_id bigint not null references shop.customer,
  room int, period daterange, amount money, primary key (id, placed)) partition by range (placed);
create table shop.orders_2024 partition of shop.orders for values from ('2024-01-01') to ('2025-01-01');
create table shop.orders_rest partition of shop.orders default partition by hash (id);
create table shop.orders_rest_0 partition of shop.orders_rest for values with (modulus 1, remainder 0);
create table shop.tenants (name text, note text) partition by list (name);
create table shop.tenants_a partition of shop.tenants for values in ('Anna Schmidt', 'globex');
create table shop.parent (a text); create table shop.child (b text) inherits (shop.parent);
create table shop.booking (room int, during int4range, exclude using gist (during with &&));
create table shop.line (order_id uuid, placed date, item text, foreign key (order_id, placed) references shop.orders);
create table "Odd.Name"."Weird ""table""" ("Column.One" text, plain int);
create table shop.sessions (id text primary key, token text);
create table shop.countries (code char(2) primary key, name text);
alter table shop.line enable row level security;
create policy clerks on shop.line to clerk using (item <> 'Miller''s gift');
create materialized view shop.summary as select count(*), 'Rockefeller'::text as who from shop.customer;
create view shop.rich as select id from shop.customer where last_name = 'Rockefeller';
create function shop.hello(text) returns text language sql as $$ select 'Dear Mrs. Miller ' || $1 $$;
create function shop.touch() returns trigger language plpgsql as $$ begin new.note := 'touched'; return new; end $$;
create trigger touch before update on shop.customer for each row when (old.last_name = 'Rockefeller') execute function shop.touch();
create rule no_country as on delete to shop.countries do instead nothing;
create statistics shop.both on last_name, phone from shop.customer;
create publication changes for table shop.customer where (id > 5);
alter database app set shop.support = 'Mrs. Miller';
insert into shop.customer (email, "firstName", last_name, nick, phone, kind, born, code, tags, note)
  select 'person' || i || '@mail.test', 'Ada', 'Lovelace', 'nick' || i, '+49 30 ' || 1000000 + i, 'private', date '1980-01-01' + i,
    'AB' || 100000 + i, array['a'], 'called on a Monday and talked about the weather' || i
  from generate_series(1, 300) i;
select lo_create(0);
grant pg_read_all_data to boss;
analyze;`;

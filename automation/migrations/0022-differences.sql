-- A difference of a database is one finding, from the detection that first saw it to the one that no longer did. The
-- other findings are about one run, and have none of these columns.
alter table finding
  -- Account, Region and resource id, or the name that was asked for where no database was found.
  add column database_identity text,
  add column database jsonb,
  add column difference jsonb,
  -- When the newest look that says something of it began.
  add column looked_at timestamptz,
  add column seen_by text references request,
  -- The detection that no longer found it. Null for one that is open, or that a person has answered.
  add column closed_by text references request,
  -- The opening that people were told of, by its number.
  add column told_opening int;
create index finding_of_database on finding (database_identity)
  where database_identity is not null;

-- What became of each, for the trend and for people who ask since when a value is what it is.
create table finding_event (
  id bigint generated always as identity primary key,
  finding_id text not null references finding,
  what text not null check (what in ('opened', 'changed', 'closed', 'answered')),
  request_id text not null references request,
  actual text,
  happened_at timestamptz not null default clock_timestamp()
);
create index finding_event_of_finding on finding_event (finding_id, id);
create index finding_event_by_time on finding_event (happened_at);

-- The newest look at each part of each database: what an older run finds that ends later is outdated.
create table look (
  database_identity text not null,
  source text not null,
  target text not null,
  owner text,
  request_id text not null references request,
  looked_at timestamptz not null,
  -- The places of that part that could not be read.
  unread jsonb not null,
  primary key (database_identity, source)
);

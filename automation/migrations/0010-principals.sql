-- Who has which role and is in which team, as a worker published it; the latest is in force, the others are kept.
create table access (
  id bigint generated always as identity primary key,
  content jsonb not null,
  published_by text not null,
  published_at timestamptz not null default clock_timestamp()
);
-- A request can have two findings: its verdict, and its clean-up.
alter table review add column finding_id text references finding;
-- Whose approval a plan needs, and who can give it, as it was decided.
alter table decision add column needed jsonb not null default '[]';
update decision set needed = jsonb_build_array(jsonb_build_object('by', 'other than the requester', 'people', people, 'principals', null)) where people > 0;
alter table decision drop column people;

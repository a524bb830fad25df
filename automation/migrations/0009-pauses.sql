-- What is paused: an operation, or all of them. A run that would begin meanwhile is held, and is planned again afterwards.
create table pause (
  operation text primary key,
  reason text not null,
  paused_by text not null,
  paused_at timestamptz not null default clock_timestamp()
);
alter table run add column held_at timestamptz;
create index run_held on run (request_id) where held_at is not null;

-- The bounds that a run counts against, and whether it has a place in each.
-- Runs of one database come one after the other, and take one place.
alter table run
  add column scopes text[],
  add column place_of text,
  add column has_place boolean not null default false;
create index run_with_place on run (request_id) where has_place;
create index run_without_place on run (held_at, request_id)
  where held_at is not null and scopes is not null and not has_place;

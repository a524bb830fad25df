-- The oldest run that is held in the same scopes is the next one there.
drop index run_without_place;
create index run_without_place on run (scopes, held_at, request_id)
  where held_at is not null and scopes is not null and not has_place
    and finished_at is null;

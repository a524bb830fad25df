-- A clean-up can be requested again: each is a separate workflow with its own number. Its error does not replace the run's.
alter table run add column clean_up_attempt int not null default 1, add column clean_up_error jsonb;
create index run_unfinished on run (request_id) where finished_at is null;
create index run_to_clean_up on run (request_id) where clean_up = 'pending';
create index throwaway_registered on throwaway (expires_at) where status = 'registered';

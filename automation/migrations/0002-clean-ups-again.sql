-- A clean-up may be asked for again: each is a workflow of its own, told apart by this number. Its error stands beside the run's, not over it.
alter table run add column clean_up_attempt int not null default 1, add column clean_up_error jsonb;
create index run_unfinished on run (request_id) where finished_at is null;
create index run_to_clean_up on run (request_id) where clean_up = 'pending';
create index throwaway_registered on throwaway (expires_at) where status = 'registered';

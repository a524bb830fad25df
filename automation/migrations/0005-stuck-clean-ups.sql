-- A clean-up that is stuck is tried again: since when it is tells whether that is due. And a copy of real data that outlives its date is reported once.
alter table run add column clean_up_changed_at timestamptz not null default clock_timestamp();
alter table throwaway add column outlived_at timestamptz;
create index run_stuck on run (clean_up_changed_at) where clean_up = 'stuck';

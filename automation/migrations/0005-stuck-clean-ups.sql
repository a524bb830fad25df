-- A stuck clean-up is retried: the time of its last change says whether that is due. And an expired copy of real data is reported once.
alter table run add column clean_up_changed_at timestamptz not null default clock_timestamp();
alter table throwaway add column outlived_at timestamptz;
create index run_stuck on run (clean_up_changed_at) where clean_up = 'stuck';

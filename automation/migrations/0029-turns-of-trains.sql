-- When a database has taken its first turn, from which on it may be patched: what changed before that was no patch.
alter table train_database add column turn_at timestamptz;

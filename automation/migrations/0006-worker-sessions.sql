-- Safe to run again: it once had another number.
-- The session that holds a worker's lock: another one that holds it is taking the worker's runs over, and must not be ended for its silence.
alter table worker add column if not exists session_pid int not null default pg_backend_pid();

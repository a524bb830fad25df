-- Safe to repeat: it once had another number.
-- The session that holds a worker's lock: another session that holds it is taking over the worker's runs, and must not be ended for the worker's silence.
alter table worker add column if not exists session_pid int not null default pg_backend_pid();

-- The workers, and when each last reported, by this database's clock. A frozen process keeps its session, but sends no heartbeat.
create table worker (
  id text primary key,
  started_at timestamptz not null default clock_timestamp(),
  beat_at timestamptz not null default clock_timestamp()
);

-- Who carries runs, and when each was last heard of, by this database's clock. A process that is frozen keeps its session, but it does not beat.
create table worker (
  id text primary key,
  started_at timestamptz not null default clock_timestamp(),
  beat_at timestamptz not null default clock_timestamp()
);

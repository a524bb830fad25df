-- What a log says of its requests is in its signed statements: a log that is
-- restored from its publication has no request rows.
alter table evidence drop constraint evidence_request_id_fkey;
alter table evidence drop constraint evidence_kind_check,
  add constraint evidence_kind_check check (kind in
    ('verdict', 'teardown', 'key-change', 'fleet', 'population'));
create index evidence_of_fleet on evidence (log_index desc)
  where kind = 'fleet';

-- How far the log is published in each place, and what prevents the rest.
create table evidence_publication (
  target text primary key,
  size bigint not null,
  error jsonb,
  seen_at timestamptz not null default clock_timestamp()
);

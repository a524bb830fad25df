-- Every table has the request's id. Each stage writes only its own tables (design: six stages, one lifecycle).

create table request (
  id text primary key,
  operation text not null,
  input jsonb not null,
  requested_by text not null,
  reason text not null,
  status text not null default 'received' check (status = 'received'),
  received_at timestamptz not null default clock_timestamp()
);

create table decision (
  request_id text primary key references request,
  status text not null check (status in ('allowed', 'denied', 'needs-approval')),
  plan_digest text not null,
  rules jsonb not null,
  decided_by text not null,
  decided_at timestamptz not null default clock_timestamp()
);

create table run (
  request_id text primary key references request,
  status text not null check (status in ('queued', 'running', 'waiting', 'succeeded', 'failed', 'cancelled')),
  clean_up text not null default 'none' check (clean_up in ('none', 'pending', 'done', 'stuck')),
  plan jsonb,
  plan_digest text,
  steps jsonb not null default '{}',
  outcome jsonb,
  verdict text check (verdict in ('pass', 'fail', 'inconclusive')),
  checks jsonb,
  error jsonb,
  queued_at timestamptz not null default clock_timestamp(),
  started_at timestamptz,
  finished_at timestamptz
);

-- Registered before it is created and kept after it is removed, so that nothing created by a run can be forgotten.
create table throwaway (
  request_id text not null references request,
  identifier text not null,
  stack text not null,
  status text not null check (status in ('registered', 'removed')),
  expires_at timestamptz not null,
  registered_at timestamptz not null default clock_timestamp(),
  removed_at timestamptz,
  primary key (request_id, identifier)
);

create table evidence (
  log_index bigint primary key,
  id text not null unique,
  request_id text not null references request,
  kind text not null check (kind in ('verdict', 'teardown')),
  predicate_type text not null,
  subject_name text not null,
  subject_digest text not null,
  target text not null,
  verdict text check (verdict in ('pass', 'fail', 'inconclusive')),
  issued_at timestamptz not null,
  expires_on timestamptz not null,
  envelope text not null,
  unique (request_id, kind)
);

create table evidence_node (
  level int not null,
  index bigint not null,
  hash bytea not null check (length(hash) = 32),
  primary key (level, index)
);

create table evidence_checkpoint (
  size bigint primary key,
  note text not null,
  issued_at timestamptz not null default clock_timestamp()
);

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'evidence is append-only: % on % is refused', lower(tg_op), tg_table_name using errcode = 'insufficient_privilege';
end $$;

create trigger append_only before update or delete or truncate on evidence for each statement execute function refuse_change();
create trigger append_only before update or delete or truncate on evidence_node for each statement execute function refuse_change();
create trigger append_only before update or delete or truncate on evidence_checkpoint for each statement execute function refuse_change();

create table finding (
  id text primary key,
  request_id text references request,
  target text not null,
  summary text not null,
  first_seen timestamptz not null default clock_timestamp(),
  last_seen timestamptz not null default clock_timestamp(),
  answered_at timestamptz
);

create table review (
  id bigint generated always as identity primary key,
  request_id text not null references request,
  status text not null check (status in ('accepted', 'rejected', 'follow-up')),
  reviewer text not null,
  comment text not null,
  follow_up_request_id text references request,
  reviewed_at timestamptz not null default clock_timestamp()
);

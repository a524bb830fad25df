-- What delivered changes are to bring about: a row for each property.
create table expected_change (
  request_id text not null references request,
  property text not null,
  database jsonb not null,
  stack text not null,
  from_value jsonb not null,
  to_value jsonb not null,
  until timestamptz not null,
  status text not null default 'open' check (status in
    ('open', 'overdue', 'seen', 'contradicted', 'replaced', 'dropped')),
  found jsonb,
  looked_at timestamptz,
  expected_at timestamptz not null default clock_timestamp(),
  primary key (request_id, property)
);
create index expected_change_awaited on expected_change (request_id)
  where status in ('open', 'overdue');

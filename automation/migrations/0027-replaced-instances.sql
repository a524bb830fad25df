-- Instances that a switchover of ours has replaced under their name. They keep their data until a reviewed request
-- deletes them. Identities: account, Region and resource id.
create table replaced_instance (
  identity text primary key,
  identifier text not null,
  successor text not null,
  request_id text not null references request,
  replaced_at timestamptz not null default clock_timestamp(),
  retired_at timestamptz
);
create index on replaced_instance (successor);

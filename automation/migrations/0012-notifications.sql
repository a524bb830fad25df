-- What people are told: written with the fact it tells, sent by workers. A fact has one row, however often it is written.
create table notification (
  id bigint generated always as identity primary key,
  key text not null unique,
  alert jsonb not null,
  written_at timestamptz not null default clock_timestamp()
);
-- Where workers send alerts to, by name: its address can be a secret, and is not stored.
create table alert_destination (
  name text primary key,
  seen_at timestamptz not null default clock_timestamp()
);
create table alert_delivery (
  destination text not null references alert_destination,
  notification_id bigint not null references notification,
  status text not null check (status in ('waiting', 'sent', 'failed')),
  attempts int not null default 0,
  due_at timestamptz not null default clock_timestamp(),
  reason text,
  changed_at timestamptz not null default clock_timestamp(),
  primary key (destination, notification_id)
);
create index alert_delivery_waiting on alert_delivery (destination, notification_id) where status = 'waiting';
-- When a worker last looked for what is about to expire: one row.
create table expiry_look (looked_at timestamptz not null);
insert into expiry_look values ('-infinity');
-- How often a finding was opened: one that opens again is a new fact.
alter table finding add column opened int not null default 1;

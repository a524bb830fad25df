-- A plan that needs a person waits in these tables, and in no workflow. Each plan of a request has a decision.
alter table request add column version int not null default 1;
alter table run add column preparation int not null default 1, add column planned_preparation int;
alter table decision drop constraint decision_pkey, add column preparation int not null default 1, add column people int not null default 0,
  add column expires_at timestamptz, add primary key (request_id, preparation);
create table approval (
  request_id text not null references request,
  plan_digest text not null,
  principal text not null,
  answer text not null check (answer in ('approved', 'rejected')),
  comment text not null,
  answered_at timestamptz not null default clock_timestamp(),
  primary key (request_id, plan_digest, principal)
);
create index run_waiting on run (request_id) where status = 'waiting';

-- A child is requested by the run of its parent.
alter table request add column parent_id text references request;
create index request_of_parent on request (parent_id)
  where parent_id is not null;

-- What a run is told: by a person on a topic, or by the end of a child.
create table message (
  id bigint generated always as identity primary key,
  request_id text not null references request,
  topic text,
  child_id text unique references request,
  sent_by text,
  content jsonb,
  sent_at timestamptz not null default clock_timestamp(),
  check ((topic is null) = (child_id is not null))
);
create index message_of_request on message (request_id, id);

-- What a run waits for, by its step: until when, and what it has received.
create table wait (
  request_id text not null references request,
  name text not null,
  until timestamptz not null,
  message_id bigint unique references message,
  primary key (request_id, name)
);

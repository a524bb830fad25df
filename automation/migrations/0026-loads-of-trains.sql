-- What was counted of the load of a train's databases: before the patch, and while its ring was watched.
create table train_load (
  train_id text not null,
  identity text not null,
  moment text not null check (moment in ('before', 'warm', 'end', 'second')),
  sample jsonb not null,
  taken_at timestamptz not null default clock_timestamp(),
  primary key (train_id, identity, moment),
  foreign key (train_id, identity) references train_database
);

-- In which states the alarms of a train's databases were before their patches.
create table train_alarms (
  train_id text not null,
  identity text not null,
  states jsonb not null,
  read_at timestamptz not null default clock_timestamp(),
  primary key (train_id, identity),
  foreign key (train_id, identity) references train_database
);

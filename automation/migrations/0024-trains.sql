-- A train patches databases ring by ring: a ring is begun only when the one before is promoted.
create table train_ring (
  train_id text not null references request,
  number int not null,
  state text not null default 'waiting'
    check (state in ('waiting', 'patching', 'baking', 'promoted', 'halted', 'aborted')),
  since timestamptz not null default clock_timestamp(),
  primary key (train_id, number)
);

-- The databases of each ring, by their identities. `turn_of` is the request that patches one: from then on it is
-- patched, whatever becomes of the ring.
create table train_database (
  train_id text not null,
  ring int not null,
  identity text not null,
  turn_of text references request,
  waiver jsonb,
  primary key (train_id, identity),
  foreign key (train_id, ring) references train_ring
);

-- What people and health gates have decided.
create table train_decision (
  id bigint generated always as identity primary key,
  train_id text not null references request,
  ring int not null,
  word text not null check (word in ('promote', 'halt', 'resume', 'skip', 'abort')),
  decided_by text not null,
  reason text not null,
  waiver jsonb,
  gate jsonb,
  decided_at timestamptz not null default clock_timestamp()
);
create index train_decision_of on train_decision (train_id, id);

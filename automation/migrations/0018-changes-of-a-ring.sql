-- Which ring's databases the decided operation changes, if any, and when its
-- plan began to be carried out: rings have a number of changes a day.
alter table decision add column changed_ring int, add column begun_at timestamptz;
create index decision_begun on decision (changed_ring, begun_at)
  where begun_at is not null;

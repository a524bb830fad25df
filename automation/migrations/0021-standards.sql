-- The standards that workers have held databases to, by the tag of those that
-- follow one: `<name>/<version>/<digest>`. A database with another tag follows
-- something that nobody here has checked.
create table standard (
  tag text primary key,
  digest text not null,
  first_held_at timestamptz not null default clock_timestamp()
);

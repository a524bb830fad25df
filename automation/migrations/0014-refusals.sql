-- Calls that were refused for a missing role: a row for each principal and action, so that nobody can fill the table.
create table refusal (
  principal text not null,
  action text not null,
  times int not null default 1,
  first_at timestamptz not null default clock_timestamp(),
  last_at timestamptz not null default clock_timestamp(),
  primary key (principal, action)
);

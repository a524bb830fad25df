-- Of each week, in UTC, as RDS writes it; null: the train has none. A database takes its turn only in it.
alter table train_ring add column week_window text;
update train_ring set week_window = run.plan ->> 'window' from run where run.request_id = train_ring.train_id;

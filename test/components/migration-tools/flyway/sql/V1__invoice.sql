create table flyway_invoice (id bigint generated always as identity primary key, amount numeric);

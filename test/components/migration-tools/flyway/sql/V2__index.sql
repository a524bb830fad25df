create index concurrently flyway_amount on flyway_invoice (amount);

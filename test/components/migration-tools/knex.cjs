"use strict";
const knex = require("knex");

const migrations = {
  "001_invoice": {
    up: (db) => db.schema.createTable("knex_invoice", (table) => (table.increments("id"), table.decimal("amount"))),
  },
  "002_index": {
    up: (db) => db.raw("create index concurrently knex_amount on knex_invoice (amount)"),
    config: { transaction: false },
  },
};
const migrationSource = {
  getMigrations: async () => Object.keys(migrations),
  getMigrationName: (name) => name,
  getMigration: async (name) => ({ down: async () => {}, ...migrations[name] }),
};

const database = knex({ client: "pg", connection: process.env.DATABASE_URL });
database.migrate.latest({ migrationSource }).finally(() => database.destroy());

"use strict";
const { DataSource, EntitySchema } = require("typeorm");

/** A column that is a generated uuid makes TypeORM ask for the extension uuid-ossp when it connects. */
const invoice = new EntitySchema({
  name: "typeorm_invoice",
  columns: { id: { type: "uuid", primary: true, generated: "uuid" }, amount: { type: "numeric", nullable: true } },
});
class Invoice1767225600000 {
  async up(runner) {
    await runner.query(
      'CREATE TABLE "typeorm_invoice" ("id" uuid NOT NULL DEFAULT uuid_generate_v4(), "amount" numeric, PRIMARY KEY ("id"))',
    );
  }
  async down() {}
}
class Index1767225600001 {
  transaction = false;
  async up(runner) {
    await runner.query("CREATE INDEX CONCURRENTLY typeorm_amount ON typeorm_invoice (amount)");
  }
  async down() {}
}

(async () => {
  const source = await new DataSource({
    type: "postgres",
    url: process.env.DATABASE_URL,
    entities: [invoice],
    migrations: [Invoice1767225600000, Index1767225600001],
    migrationsTransactionMode: "each",
  }).initialize();
  await source.runMigrations();
  await source.getRepository(invoice).save({ amount: 1 });
  await source.destroy();
})();

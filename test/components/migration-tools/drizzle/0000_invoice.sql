CREATE TABLE "drizzle_invoice" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "drizzle_invoice_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"amount" numeric
);
--> statement-breakpoint
CREATE INDEX "drizzle_amount" ON "drizzle_invoice" USING btree ("amount");

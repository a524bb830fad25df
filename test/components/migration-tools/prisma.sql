-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateEnum
CREATE TYPE "State" AS ENUM ('OPEN', 'PAID');

-- CreateTable
CREATE TABLE "prisma_invoice" (
    "id" SERIAL NOT NULL,
    "amount" DECIMAL(65,30),
    "state" "State" NOT NULL DEFAULT 'OPEN',

    CONSTRAINT "prisma_invoice_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "prisma_amount" ON "prisma_invoice"("amount");

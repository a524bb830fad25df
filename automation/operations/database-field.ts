import { z } from "zod";

/** The field of a request that names one database; `description` says what is done to it. */
export const databaseField = (description: string) =>
  z
    .string()
    .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, "give the DB instance identifier as `npx shipshape fleet` or RDS shows it")
    .max(63)
    .meta({ description, placeholder: "identifier" });

import { z } from "zod";
import { accountPattern, regionPattern } from "../fleet-records";

/** Which of several databases of one name, as `shipshape fleet` shows them. */
export const locationFields = {
  account: z
    .string()
    .regex(accountPattern, "give the account's 12 digits")
    .optional()
    .meta({ description: "the account of the database, if several have one of that name", placeholder: "number" }),
  region: z
    .string()
    .regex(regionPattern, "give a Region, such as eu-west-1")
    .optional()
    .meta({ description: "its Region, likewise", placeholder: "name" }),
};

/** The field of a request that names one database; `description` says what is done to it. */
export const databaseField = (description: string) =>
  z
    .string()
    .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, "give the DB instance identifier as `npx shipshape fleet` or RDS shows it")
    .max(63)
    .meta({ description, placeholder: "identifier" });

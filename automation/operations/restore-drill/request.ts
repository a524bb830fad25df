import { z } from "zod";

/** What is asked of a restore drill. */
export const restoreDrillRequest = z.strictObject({
  /** The identifier of the database whose backups are to be proven. */
  database: z
    .string()
    .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, "give the DB instance identifier as `shipshape local status` or RDS shows it")
    .max(63),
});
export type RestoreDrillRequest = z.infer<typeof restoreDrillRequest>;

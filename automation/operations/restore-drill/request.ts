import { z } from "zod";
import { structureSecondsMax } from "./limits";

/** The input of a restore drill. */
export const restoreDrillRequest = z.strictObject({
  /** The identifier of the database whose backups to prove. */
  database: z
    .string()
    .regex(
      /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/,
      "give the DB instance identifier as `shipshape local status` or RDS shows it",
    )
    .max(63),
  /**
   * How long heaps and indexes may be read, in seconds.
   * @default by the database's tier: an hour for bronze, two for silver, four for gold
   */
  structureSeconds: z
    .number()
    .int("give whole seconds")
    .min(60, "give at least 60 seconds")
    .max(structureSecondsMax, `a throwaway does not live long enough for more than ${structureSecondsMax} seconds`)
    .optional(),
});
export type RestoreDrillRequest = z.infer<typeof restoreDrillRequest>;

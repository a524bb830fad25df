import { z } from "zod";
import { structureSecondsMax } from "./limits";

/** What is asked of a restore drill. */
export const restoreDrillRequest = z.strictObject({
  /** The identifier of the database whose backups are to be proven. */
  database: z
    .string()
    .regex(
      /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/,
      "give the DB instance identifier as `shipshape local status` or RDS shows it",
    )
    .max(63),
  /**
   * How long heaps and indexes may be read, in seconds. @default by the database's tier: an hour for bronze, two for
   * silver, four for gold
   */
  structureSeconds: z
    .number()
    .int("give whole seconds")
    .min(60, "give 60 seconds at least")
    .max(structureSecondsMax, `a throwaway lives too short for more than ${structureSecondsMax} seconds`)
    .optional(),
});
export type RestoreDrillRequest = z.infer<typeof restoreDrillRequest>;

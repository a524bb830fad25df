import { z } from "zod";
import type { OperationDescription } from "../../runner/operation";
import { structureSecondsMax } from "./limits";

/** The input of a restore drill. */
export const restoreDrillRequest = z.strictObject({
  database: z
    .string()
    .regex(
      /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/,
      "give the DB instance identifier as `shipshape local status` or RDS shows it",
    )
    .max(63)
    .meta({ description: "the database whose backups to prove", placeholder: "identifier" }),
  structureSeconds: z
    .number()
    .int("give whole seconds")
    .min(60, "give at least 60 seconds")
    .max(structureSecondsMax, `a throwaway does not live long enough for more than ${structureSecondsMax} seconds`)
    .optional()
    .meta({
      description:
        "how long heaps and indexes may be read; by default the tier decides: 3600 bronze, 7200 silver, 14400 gold",
    }),
});
export type RestoreDrillRequest = z.infer<typeof restoreDrillRequest>;

export const restoreDrillDescription: OperationDescription<RestoreDrillRequest> = {
  name: "restore-drill",
  version: 1,
  owner: "platform",
  title:
    "prove a database's backups: restore them into an isolated throwaway, check and measure the restore, remove the throwaway",
  examples: [
    '--database orders-production --reason "monthly drill" --work',
    '--database orders-production --reason "audit" --wait --json | jq -r .verdict',
  ],
  effect: "throwaway",
  request: restoreDrillRequest,
};

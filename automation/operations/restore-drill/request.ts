import { z } from "zod";
import type { OperationDescription } from "../../runner/operation";
import { databaseField } from "../database-field";
import { structureSecondsMax } from "./limits";

/** The input of a restore drill. */
export const restoreDrillRequest = z.strictObject({
  database: databaseField("the database whose backups to prove"),
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
    '--database orders-production --reason "monthly drill" --plan-only',
    '--database orders-production --reason "monthly drill" --work',
    '--database orders-production --reason "audit" --wait --json | jq -r .verdict',
  ],
  effect: "throwaway",
  request: restoreDrillRequest,
};

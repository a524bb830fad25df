import { z } from "zod";
import type { OperationDescription } from "../../runner/operation";
import { databaseField, locationFields } from "../database-field";
import { structureGibMax, structureSecondsMax } from "./limits";

const fields = z.strictObject({
  database: databaseField("the database whose backups to prove"),
  ...locationFields,
  at: z.iso
    .datetime({
      offset: true,
      precision: 0,
      error: "give a date and time in whole seconds, such as 2026-03-01T10:00:00Z",
    })
    .optional()
    .meta({
      description: "restore to this second, such as 2026-03-01T10:00:00Z, instead of the latest",
      placeholder: "time",
    }),
  snapshot: z
    .string()
    .regex(/^[a-zA-Z][\w:-]*$/, "give the identifier of a DB snapshot as `aws rds describe-db-snapshots` shows it")
    .max(255)
    .optional()
    .meta({ description: "restore this snapshot instead of the automated backups", placeholder: "identifier" }),
  structureSeconds: z
    .number()
    .int("give whole seconds")
    .min(60, "give at least 60 seconds")
    .max(structureSecondsMax, `a throwaway does not live long enough for more than ${structureSecondsMax} seconds`)
    .optional()
    .meta({
      description: "how long heaps and indexes may be read; by default the tier decides",
    }),
  structureGib: z
    .number()
    .int("give whole GiB")
    .min(1, "give at least 1 GiB")
    .max(structureGibMax, `no database has more than ${structureGibMax} GiB`)
    .optional()
    .meta({
      description: "how much of heaps and indexes may be read; by default the tier decides",
    }),
});

/** The input of a restore drill. */
export const restoreDrillRequest = fields.refine(({ at, snapshot }) => at === undefined || snapshot === undefined, {
  path: ["snapshot"],
  message: "give either a moment or a snapshot: a snapshot is of one moment only",
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
    '--database orders-production --at 2026-03-01T10:00:00Z --reason "before the migration" --work',
    '--database orders-production --snapshot orders-2026-02 --reason "is it usable?" --work',
  ],
  effect: "throwaway",
  request: restoreDrillRequest,
};

import { z } from "zod";
import type { OperationDescription } from "../../runner/operation";
import { databaseField, locationFields } from "../database-field";
import { retentionDaysMax } from "../environment-refresh/limits";

/** The input of an extension. */
export const refreshExtensionRequest = z
  .strictObject({
    database: databaseField("the masked copy that stays longer"),
    ...locationFields,
    retentionDays: z
      .number()
      .int("give whole days")
      .min(1, "give at least 1 day")
      .max(retentionDaysMax, `give at most ${retentionDaysMax} days`)
      .optional()
      .meta({ description: "for so many days from today" }),
    until: z.iso
      .date({ error: "give a day, such as 2027-03-31" })
      .optional()
      .meta({ description: "instead, until this day, which is its last", placeholder: "day" }),
  })
  .refine(({ retentionDays, until }) => (retentionDays === undefined) !== (until === undefined), {
    path: ["retentionDays"],
    message: "give exactly one of: for how many days, or until which day",
  });
export type RefreshExtensionRequest = z.infer<typeof refreshExtensionRequest>;

export const refreshExtensionDescription: OperationDescription<RefreshExtensionRequest> = {
  name: "refresh-extension",
  version: 1,
  owner: "platform",
  title: "let a masked copy stay longer, as the team that owns its source approves",
  examples: [
    '--database orders-staging --retention-days 7 --reason "release 42 is late" --plan-only',
    '--database orders-staging --until 2027-03-31 --reason "release 42 is late"',
  ],
  effect: "changes",
  request: refreshExtensionRequest,
};

import { z } from "zod";
import type { OperationDescription } from "../../runner/operation";
import { databaseField, locationFields } from "../database-field";
import { hoursDefault, hoursMax } from "./limits";

/** The input of a masking preview. */
export const maskingPreviewRequest = z.strictObject({
  database: databaseField("the database whose backups are restored, so that its rows can be looked at"),
  ...locationFields,
  hours: z
    .number()
    .int("give whole hours")
    .min(1, "give at least 1 hour")
    .max(hoursMax, `give at most ${hoursMax} hours`)
    .optional()
    .meta({ description: `for how many hours its rows may be looked at; ${hoursDefault} by default` }),
});
export type MaskingPreviewRequest = z.infer<typeof maskingPreviewRequest>;

export const maskingPreviewDescription: OperationDescription<MaskingPreviewRequest> = {
  name: "masking-preview",
  version: 1,
  owner: "platform",
  title:
    "restore a database into an isolated throwaway for some hours, so that its requester can look at rows before and after masking",
  examples: [
    '--database orders-production --reason "the profile of orders is new" --plan-only',
    '--database orders-production --hours 4 --reason "the profile of orders is new"',
  ],
  effect: "throwaway",
  request: maskingPreviewRequest,
};

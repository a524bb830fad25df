import { z } from "zod";
import { maintenanceWindowOf } from "../../../components/standards/windows";
import type { OperationDescription } from "../../runner/operation";
import { locationFields } from "../database-field";
import { versionField } from "../database-patch/request";
import { bakeMinutesDefault, bakeMinutesMax } from "./limits";

const filterField = (description: string) =>
  z.string().min(1, "give a text").max(255).optional().meta({ description, placeholder: "name" });

const fields = z.strictObject({
  to: versionField,
  fleet: z.boolean().optional().meta({ description: "every database of the fleet that runs an older minor of it" }),
  owner: filterField("instead, those of this owner"),
  tier: filterField("instead, those of this tier; a database without one counts as of the strictest"),
  environment: filterField("instead, those of this environment, likewise"),
  service: filterField("instead, those of this service"),
  ...locationFields,
  bakeMinutes: z
    .number()
    .min(0, "give 0 or more")
    .max(bakeMinutesMax, `give ${bakeMinutesMax} at most: two weeks`)
    .default(bakeMinutesDefault)
    .meta({ description: "how long each ring is watched before its health gate decides" }),
  window: z
    .string()
    .refine((text) => maintenanceWindowOf(text) !== undefined, "give a window as RDS writes it: tue:02:00-tue:04:00")
    .optional()
    .meta({
      description: "when databases are patched, each week, in UTC, instead of in the maintenance window of each",
      placeholder: "window",
    }),
});

/** What the databases of a train have in common: all of those that are given. */
export const filters = ["owner", "tier", "environment", "service"] as const;

/** The input of a train. */
export const ringedPatchRequest = fields.refine(
  (given) => (given.fleet ?? false) !== filters.some((name) => given[name] !== undefined),
  {
    path: ["fleet"],
    message: `give either the whole fleet, or what its databases have in common (${filters.join(", ")})`,
  },
);
export type RingedPatchRequest = z.infer<typeof ringedPatchRequest>;

export const ringedPatchDescription: OperationDescription<RingedPatchRequest> = {
  name: "ringed-patch",
  version: 1,
  owner: "platform",
  title: "upgrade databases to a newer minor ring by ring: a canary first, and none further unless it is well",
  examples: [
    '--to 17.10 --environment development --reason "fixes of the quarter" --plan-only',
    '--to 17.10 --fleet --bake-minutes 1440 --window tue:02:00-tue:04:00 --reason "fixes of the quarter"',
  ],
  effect: "changes",
  request: ringedPatchRequest,
};

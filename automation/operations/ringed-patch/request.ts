import { z } from "zod";
import { maintenanceWindowOf } from "../../../components/standards/windows";
import type { OperationDescription } from "../../runner/operation";
import { locationFields } from "../database-field";
import { scopeFields, scopeFilters } from "../scope-fields";
import { versionField } from "../database-patch/request";
import { bakeMinutesDefault, bakeMinutesMax, ringsMax } from "./limits";

const fields = z.strictObject({
  to: versionField,
  fleet: z.boolean().optional().meta({ description: "every database of the fleet that runs an older minor of it" }),
  ...scopeFields,
  ...locationFields,
  bakeMinutes: z
    .number()
    .min(0, "give 0 or more")
    .max(bakeMinutesMax, `give ${bakeMinutesMax} at most: two weeks`)
    .default(bakeMinutesDefault)
    .meta({ description: "how long each ring is watched before its health gate decides" }),
  ringsMax: z
    .number()
    .int("give a whole number")
    .min(1, "give 1 or more")
    .max(ringsMax, `give ${ringsMax} at most`)
    .optional()
    .meta({
      description:
        "at most so many rings, each larger than the one before it by more; without it, by five times, and each tier begins with one database",
      placeholder: "number",
    }),
  compareLoad: z.boolean().optional().meta({
    description: "the gate also compares query times and rollbacks with those before; too little load is no pass",
  }),
  securityFix: z.string().min(1, "name the fix, such as CVE-2026-2005").max(255).optional().meta({
    description:
      "a fix that cannot wait: databases get the minor however young it is; who approves the plan approves that",
    placeholder: "name",
  }),
  window: z
    .string()
    .refine((text) => maintenanceWindowOf(text) !== undefined, "give a window as RDS writes it: tue:02:00-tue:04:00")
    .optional()
    .meta({
      description: "when databases are patched, each week, in UTC, instead of in the maintenance window of each",
      placeholder: "window",
    }),
});

/** The input of a train. */
export const ringedPatchRequest = fields.refine(
  (given) => (given.fleet ?? false) !== scopeFilters.some((name) => given[name] !== undefined),
  {
    path: ["fleet"],
    message: `give either the whole fleet, or what its databases have in common (${scopeFilters.join(", ")})`,
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

import { z } from "zod";
import type { OperationDescription } from "../../runner/operation";
import { databaseField, locationFields } from "../database-field";
import { filterField, scopeFields, scopeFilters } from "../scope-fields";

const fields = z.strictObject({
  database: databaseField("one database to compare with what its stack declares").optional(),
  fleet: z.boolean().optional().meta({ description: "every database of the fleet instead, each by its own request" }),
  ...scopeFields,
  stack: filterField(
    "instead, those that such stacks declare, such as 'shipshape/database.*'; with --database, the stack that declares it: no other is read",
    "pattern",
  ),
  ...locationFields,
});

/** What the databases of a sweep have in common: all of those that are given. */
export const filters = [...scopeFilters, "stack"] as const;

/** The input of a drift detection. */
export const driftDetectionRequest = fields.refine((given) => waysGiven(given) === 1, {
  path: ["database"],
  message: `give exactly one of: one database, the whole fleet, or what its databases have in common (${filters.join(", ")})`,
});
export type DriftDetectionRequest = z.infer<typeof driftDetectionRequest>;
export type OneDatabase = DriftDetectionRequest & { database: string };

/** Whether it is about one database; any other request is for a sweep. */
export const isAboutOne = (request: DriftDetectionRequest): request is OneDatabase => request.database !== undefined;

/** With one database, the stack is no filter: it is the one that is said to declare it. */
function waysGiven({ database, fleet = false, ...given }: z.infer<typeof fields>): number {
  const isFiltered = filters.some((name) => given[name] !== undefined && !(name === "stack" && database !== undefined));
  return [database !== undefined, fleet, isFiltered].filter(Boolean).length;
}

export const driftDetectionDescription: OperationDescription<DriftDetectionRequest> = {
  name: "drift-detection",
  version: 1,
  owner: "platform",
  title:
    "compare what AWS has of a database, or of a fleet, with what stacks declare: what was changed by hand, and what it breaks",
  examples: [
    '--database orders-production --reason "who changed it?" --work',
    '--database orders-production --reason "nightly" --wait --json | jq -r .verdict',
    '--fleet --reason "nightly" --work',
    '--tier gold --owner team-orders --reason "before the audit" --plan-only',
  ],
  effect: "reads",
  request: driftDetectionRequest,
};

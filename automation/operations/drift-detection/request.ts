import { z } from "zod";
import type { OperationDescription } from "../../runner/operation";
import { databaseField, locationFields } from "../database-field";

/** The input of a drift detection. */
export const driftDetectionRequest = z.strictObject({
  database: databaseField("the database to compare with what its stack declares"),
  ...locationFields,
});
export type DriftDetectionRequest = z.infer<typeof driftDetectionRequest>;

export const driftDetectionDescription: OperationDescription<DriftDetectionRequest> = {
  name: "drift-detection",
  version: 1,
  owner: "platform",
  title:
    "compare what AWS has of a database with what its stack declares: what was changed by hand, and what it breaks",
  examples: [
    '--database orders-production --reason "who changed it?" --work',
    '--database orders-production --reason "nightly" --wait --json | jq -r .verdict',
  ],
  effect: "reads",
  request: driftDetectionRequest,
};

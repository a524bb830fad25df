import { z } from "zod";
import type { OperationDescription } from "../../runner/operation";
import { databaseField, locationFields } from "../database-field";

/** The input of a removal. */
export const refreshRemovalRequest = z.strictObject({
  database: databaseField("the masked copy that is removed"),
  ...locationFields,
});
export type RefreshRemovalRequest = z.infer<typeof refreshRemovalRequest>;

export const refreshRemovalDescription: OperationDescription<RefreshRemovalRequest> = {
  name: "refresh-removal",
  version: 1,
  owner: "platform",
  title: "remove a masked copy that a refresh has made, and prove it gone",
  examples: ['--database orders-staging --reason "release 42 is out"'],
  effect: "changes",
  request: refreshRemovalRequest,
};

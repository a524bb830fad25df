import { z } from "zod";
import type { OperationDescription } from "../../runner/operation";
import { databaseField, locationFields } from "../database-field";

/** The input of a retirement. */
export const retireRequest = z.strictObject({
  database: databaseField("the instance that a switchover has replaced"),
  ...locationFields,
});
export type RetireRequest = z.infer<typeof retireRequest>;

export const retireDescription: OperationDescription<RetireRequest> = {
  name: "retire-replaced-instance",
  version: 1,
  owner: "platform",
  title: "delete the instance that a patch by blue/green has replaced, with a last snapshot, and prove it gone",
  examples: ['--database orders-production-old1 --reason "two weeks without trouble"'],
  effect: "changes",
  request: retireRequest,
};

import { z } from "zod";
import type { OperationDescription } from "../../runner/operation";
import { databaseField, locationFields } from "../database-field";

/** The input of a repair of drift. */
export const driftRepairRequest = z.strictObject({
  database: databaseField("the database whose stack is brought up, so that it is as declared again"),
  ...locationFields,
  allowRestart: z
    .boolean()
    .default(false)
    .meta({ description: "also if that restarts the database; the plan says when" }),
  differences: z
    .string()
    .regex(/^[^\s,]+(,[^\s,]+)*$/, "give names as a drift detection has them, with commas between")
    .optional()
    .meta({
      description:
        "put back only these, such as orders-instance.multiAz, with commas between; refused if that is not possible without another change",
      placeholder: "names",
    }),
});
export type DriftRepairRequest = z.infer<typeof driftRepairRequest>;

/** What is to be put back. @default all of it */
export const namesIn = ({ differences }: DriftRepairRequest): string[] | undefined => differences?.split(",");

export const driftRepairDescription: OperationDescription<DriftRepairRequest> = {
  name: "drift-repair",
  version: 1,
  owner: "platform",
  title: "put back what was changed outside: bring the stack of a database up, and prove that the drift is gone",
  examples: [
    '--database orders-production --reason "retention was changed by hand"',
    '--database orders-production --differences orders-instance.publiclyAccessible --reason "it must not be public"',
  ],
  effect: "changes",
  request: driftRepairRequest,
};

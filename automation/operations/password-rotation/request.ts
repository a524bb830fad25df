import { z } from "zod";
import type { OperationDescription } from "../../runner/operation";
import { databaseField, locationFields } from "../database-field";
import { graceMinutesDefault, graceMinutesMax } from "./limits";

/** The input of a rotation of passwords. */
export const passwordRotationRequest = z.strictObject({
  database: databaseField("the database whose roles get new passwords"),
  ...locationFields,
  roles: z
    .string()
    .regex(/^[a-z][a-z0-9_]*(,[a-z][a-z0-9_]*)*$/, "give names of roles with commas between, such as owner,readwrite")
    .optional()
    .meta({ description: "only these roles, with commas between; all that have a password unless given" }),
  graceMinutes: z
    .number()
    .min(0, "give 0 or more")
    .max(graceMinutesMax, `give ${graceMinutesMax} at most: two weeks`)
    .default(graceMinutesDefault)
    .meta({
      description:
        "for how long the logins before may still be used; 0 locks them at once, and cuts off who has not read the secret",
    }),
});
export type PasswordRotationRequest = z.infer<typeof passwordRotationRequest>;

export const passwordRotationDescription: OperationDescription<PasswordRotationRequest> = {
  name: "password-rotation",
  version: 1,
  owner: "platform",
  title: "give roles of a database new passwords without a lost request, and lock the old ones after a grace",
  examples: [
    '--database orders-production --reason "every 90 days"',
    '--database orders-production --roles readwrite --grace-minutes 0 --reason "it was in a log"',
  ],
  effect: "changes",
  request: passwordRotationRequest,
};

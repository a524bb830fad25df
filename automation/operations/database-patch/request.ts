import { z } from "zod";
import type { OperationDescription } from "../../runner/operation";
import { patchMethods } from "../../../components/standards/fixed";
import { databaseField, locationFields } from "../database-field";

/** The field of a request that names the version that databases get. */
export const versionField = z
  .string()
  .regex(/^\d{2}\.\d{1,2}$/, "give major and minor, such as 17.10")
  .meta({ description: "the version that runs afterwards: major and minor", placeholder: "number" });

/** The input of a patch of one database. */
export const databasePatchRequest = z.strictObject({
  database: databaseField("the database that gets a newer version"),
  ...locationFields,
  to: versionField,
  method: z
    .enum(patchMethods)
    .optional()
    .meta({ description: "how: in-place, or blue-green by a copy that takes its name; in-place by default" }),
});
export type DatabasePatchRequest = z.infer<typeof databasePatchRequest>;

export const databasePatchDescription: OperationDescription<DatabasePatchRequest> = {
  name: "database-patch",
  version: 1,
  owner: "platform",
  title: "upgrade one database to a newer version, in place or by blue/green, and prove by API and SQL that it runs it",
  examples: [
    '--database orders-development --to 17.10 --reason "fixes of the quarter"',
    '--database orders-development --to 17.10 --method blue-green --reason "fixes of the quarter"',
    '--database orders-development --to 18.4 --method blue-green --reason "17 is getting old"',
  ],
  effect: "changes",
  request: databasePatchRequest,
};

import { z } from "zod";
import type { OperationDescription } from "../../runner/operation";
import { databaseField, locationFields } from "../database-field";

/** The input of an undo. */
export const patchUndoRequest = z.strictObject({
  database: databaseField("the database whose patch is undone"),
  ...locationFields,
  patch: z
    .string()
    .regex(/^\d{12}-[0-9a-f]{8,12}$/, "give the id of the request, as `npx shipshape train show` and `runs` print it")
    .meta({ description: "the request that has patched it, or has tried to", placeholder: "id" }),
});
export type PatchUndoRequest = z.infer<typeof patchUndoRequest>;

export const patchUndoDescription: OperationDescription<PatchUndoRequest> = {
  name: "patch-undo",
  version: 1,
  owner: "platform",
  title:
    "the way back of a patch: take back a version that never came to run; for one that runs, the instructions, with what they lose",
  examples: [
    '--database orders-development --patch 261123093000-1a2b3c4d --reason "it never restarted"',
    '--database orders-production --patch 261123093000-1a2b3c4d --reason "reports are slow" --plan-only',
  ],
  effect: "changes",
  request: patchUndoRequest,
};

import { z } from "zod";
import type { OperationDescription } from "../../runner/operation";
import { databaseField, locationFields } from "../database-field";
import { versionField } from "../database-patch/request";

/** The input of a rehearsal. */
export const patchRehearsalRequest = z.strictObject({
  database: databaseField("the database whose copy is patched; it speaks for all that are like it"),
  ...locationFields,
  to: versionField,
});
export type PatchRehearsalRequest = z.infer<typeof patchRehearsalRequest>;

export const patchRehearsalDescription: OperationDescription<PatchRehearsalRequest> = {
  name: "patch-rehearsal",
  version: 1,
  owner: "platform",
  title:
    "patch an isolated copy of a database first: measure its downtime, look at what runs afterwards, remove the copy",
  examples: [
    '--database orders-production --to 17.10 --reason "before the train" --plan-only',
    '--database orders-production --to 17.10 --reason "before the train"',
  ],
  effect: "throwaway",
  request: patchRehearsalRequest,
};

/** What `shipshape evidence …` prints as JSON. */
import { z } from "zod";
import { anything, database, moment } from "./parts";

const text = z.string();
const count = z.int().min(0);

const statement = anything.describe("an in-toto statement: docs/evidence.md");
const writtenFolder = z.strictObject({ folder: text, files: z.array(text) });
const verifierKey = text.describe("a verifier key, as C2SP's signed notes have it");

export const evidenceOutputs = {
  "evidence list": z.array(
    z.strictObject({
      position: count,
      id: text.nullable(),
      kind: z.enum(["verdict", "teardown", "other"]),
      statement,
    }),
  ),
  "evidence show": z.array(statement),
  "evidence report": anything.describe("a report with its digest: docs/evidence.md"),
  "evidence population": anything.describe("a report with its digest: docs/evidence.md"),
  "evidence checkpoint": z.strictObject({ origin: text, size: count, rootHash: text, note: text }).nullable(),
  "evidence export": writtenFolder,
  "evidence publish": z.strictObject({ target: text, statements: count }),
  "evidence restore": z.strictObject({ size: count, restored: count }),
  "evidence verify": z.union([
    z.strictObject({
      valid: z.literal(true),
      origin: text,
      treeSize: count,
      beyondTheHead: count,
      exitCode: z.int(),
    }),
    z.strictObject({
      valid: z.boolean(),
      keyTrusted: z.boolean(),
      origin: text.optional(),
      verifierKey: verifierKey.optional(),
      treeSize: count.optional(),
      findings: z.array(z.strictObject({ what: text, holds: z.boolean(), reason: text })),
      statements: z.array(
        z.strictObject({
          id: text,
          kind: z.enum(["verdict", "teardown", "population"]),
          operation: text,
          target: text,
          database: database.nullable(),
          verdict: text.optional(),
          requestedBy: text.optional(),
          followUpOf: text.optional(),
          issuedAt: moment,
          expiresOn: text.nullable(),
          expired: z.boolean(),
        }),
      ),
      expired: z.boolean(),
      exitCode: z.int(),
    }),
  ]),
  "evidence key create": z.strictObject({ verifierKey }),
  "evidence key show": z.array(verifierKey),
  "evidence key rotate": z.strictObject({ verifierKey }),
} as const;

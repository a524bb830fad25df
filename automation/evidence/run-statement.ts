/** The content of a run's statements, for sealing and for reading back: one schema for both. */
import { createHash } from "node:crypto";
import { z } from "zod";
import { canonicalJson } from "../records";
import type { Statement, Subject } from "./envelope";

export const statementKinds = ["verdict", "teardown"] as const;
export type StatementKind = (typeof statementKinds)[number];

const verdictWord = z.enum(["pass", "fail", "inconclusive"]);
const databaseSchema = z.strictObject({
  identifier: z.string(),
  resourceId: z.string(),
  arn: z.string(),
  account: z.string(),
  region: z.string(),
});
const common = {
  requestId: z.string().regex(/^[\w-]{1,64}$/),
  operation: z.string(),
  /** The requested database by its given name: the only thing known if none was found under it. */
  target: z.string(),
  /** Null if the run ended before it knew which database it was about. */
  database: databaseSchema.nullable(),
  issuedAt: z.iso.datetime(),
  expiresOn: z.iso.datetime(),
};

/** Statements from before standards had digests have none. */
const heldToSchema = z.strictObject({
  standard: z.strictObject({ name: z.string(), version: z.string(), digest: z.string() }),
  tier: z.string(),
  environment: z.string(),
  owner: z.string().nullable(),
});

const verdictSchema = z.looseObject({
  ...common,
  request: z.strictObject({
    id: z.string(),
    operation: z.string(),
    /** Statements from before operations had versions have none. */
    version: z.int().optional(),
    input: z.unknown(),
    requestedBy: z.string(),
    reason: z.string(),
    receivedAt: z.string(),
    /** The request whose run made this one. */
    parent: z.string().optional(),
  }),
  /** The finding that the request is the follow-up of, if it is one. */
  followUpOf: z.string().optional(),
  decision: z
    .looseObject({
      status: z.string(),
      decidedBy: z.string(),
      rules: z.array(z.looseObject({ id: z.string(), verdict: z.string().optional(), reason: z.string() })),
      approvals: z
        .array(
          z.looseObject({ principal: z.string(), answer: z.string(), comment: z.string(), answeredAt: z.string() }),
        )
        .optional(),
    })
    .nullable(),
  plan: z.looseObject({ heldTo: heldToSchema.optional() }).nullable(),
  run: z.enum(["succeeded", "failed", "cancelled"]),
  verdict: verdictWord,
  checks: z.array(
    z.looseObject({
      name: z.string(),
      verdict: verdictWord,
      explanation: z.string(),
      figures: z.record(z.string(), z.unknown()),
    }),
  ),
  error: z.looseObject({ code: z.string(), message: z.string() }).nullable(),
  outcome: z.unknown(),
  /** Of a run without an outcome, the steps that it had begun. Earlier statements have none. */
  begun: z.array(z.string()).optional(),
  /** Whether a teardown statement belongs to this one: a run that created nothing has none. */
  teardown: z.enum(["follows", "none"]),
  toolVersions: z.record(z.string(), z.string()),
});
const teardownSchema = z.looseObject({
  ...common,
  removed: z.array(z.looseObject({ kind: z.string(), identifier: z.string(), provenGoneBy: z.string() })),
  /** What could not be removed, each with the reason. */
  left: z.array(z.unknown()).default([]),
});

export type VerdictPredicate = z.infer<typeof verdictSchema>;
export type TeardownPredicate = z.infer<typeof teardownSchema>;
export type RunStatement = { id: string; subject: Subject } & (
  { kind: "verdict"; predicate: VerdictPredicate } | { kind: "teardown"; predicate: TeardownPredicate }
);

export const predicateTypeOf = (operation: string, kind: StatementKind) =>
  `urn:shipshape:evidence:${operation}:${kind}:v2`;
export const statementId = (requestId: string, kind: StatementKind) => `${requestId}.${kind}`;

/**
 * The subject of a run's statements: the run by its id, pinned by the digest of the plan it carried out, or of the
 * request if no plan was made.
 */
export const subjectOf = (requestId: string, planOrRequest: object): Subject => ({
  name: `urn:shipshape:run:${requestId}`,
  digest: { sha256: createHash("sha256").update(canonicalJson(planOrRequest)).digest("hex") },
});

/**
 * What a statement says about a run. Throws a plain Error for one that is about something else or contradicts itself.
 */
export function runStatementOf(statement: Statement): RunStatement {
  const { subject, predicateType, predicate } = statement;
  const [, operation, kind] = /^urn:shipshape:evidence:([a-z-]+):(verdict|teardown):v2$/.exec(predicateType) ?? [];
  if (kind === undefined) throw new Error(`"${predicateType}" is not a type of a run's statements`);
  const parsed = (kind === "verdict" ? verdictSchema : teardownSchema).safeParse(predicate);
  if (!parsed.success)
    throw new Error(
      `the ${kind} does not have the expected fields: ${parsed.error.issues.map((i) => i.path.join(".")).join(", ")}`,
    );
  const read = {
    id: statementId(parsed.data.requestId, kind as StatementKind),
    subject: subject[0],
    kind,
    predicate: parsed.data,
  } as RunStatement;
  if (parsed.data.operation !== operation) throw new Error("its type and its content name different operations");
  if (read.subject.name !== `urn:shipshape:run:${parsed.data.requestId}`)
    throw new Error("its subject and its content name different runs");
  if (read.kind === "verdict") requireOwnDigest(read.predicate, read.subject);
  return read;
}

/** Whether it is a verdict of the same operation on the same database as that one, of another run. */
export function precedes(one: RunStatement, verdict: RunStatement): boolean {
  const about = ({ predicate: { operation, database } }: RunStatement) =>
    database && canonicalJson([operation, database.resourceId, database.account, database.region]);
  return (
    one.kind === "verdict" &&
    about(one) !== null &&
    about(one) === about(verdict) &&
    one.predicate.requestId !== verdict.predicate.requestId
  );
}

function requireOwnDigest({ requestId, request, plan }: VerdictPredicate, subject: Subject): void {
  if (request.id !== requestId) throw new Error("its request is that of another run");
  if (subjectOf(requestId, plan ?? request).digest.sha256 !== subject.digest.sha256)
    throw new Error("its subject is not the digest of its plan");
}

/**
 * An exported folder without a database: a log of given envelopes, so that tests can write everything that an attacker
 * could.
 */
import { generateKeyPairSync } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { signCheckpoint } from "../../../automation/evidence/checkpoint";
import { openEnvelope, sealStatement, STATEMENT_TYPE, type Statement } from "../../../automation/evidence/envelope";
import {
  attributesText,
  envelopeFile,
  evidenceFiles,
  proofsText,
  writeFolder,
  type Proofs,
} from "../../../automation/evidence/folder";
import { inclusionProof, leafHash, nodesOver, rootOf } from "../../../automation/evidence/merkle-tree";
import { verifierKey } from "../../../automation/evidence/public-key";
import { reportNames, runReports } from "../../../automation/evidence/run-reports";
import {
  predicateTypeOf,
  runStatementOf,
  statementId,
  subjectOf,
  type StatementKind,
} from "../../../automation/evidence/run-statement";
import { heldKey } from "../../../automation/evidence/signing-key";
import { describeError } from "../../../automation/errors";
import type { SigningKey } from "../../../automation/signing-records";
import { concluded, planOf, removed, requestOf } from "./sealed-runs";

export const origin = "shipshape.test/evidence";
export const key = heldKey(generateKeyPairSync("ed25519").privateKey);
export const publicKey = verifierKey(origin, key.key);
export const issuedAt = "2026-06-01T00:00:00.000Z";
export const expiresOn = "2026-07-01T00:00:00.000Z";

/** The statements of a run as they are sealed, with a test's changes. */
export function verdictOf(id: string, more: Record<string, unknown> = {}, plan: object = planOf()): Statement {
  const { conclusion, decision } = concluded(id);
  const { receivedAt, ...request } = requestOf(id);
  const error = more["error"] ? describeError(more["error"]) : null;
  return statementOf(id, "verdict", plan, {
    request: { ...request, receivedAt: receivedAt.toISOString() },
    decision: { status: decision!.status, decidedBy: decision!.decidedBy, rules: decision!.rules },
    plan,
    run: "succeeded",
    verdict: "pass",
    checks: conclusion.verdict.checks,
    outcome: null,
    teardown: "follows",
    toolVersions: {},
    ...more,
    error,
  });
}

export const teardownOf = (id: string, more: Record<string, unknown> = {}, plan: object = planOf()): Statement =>
  statementOf(id, "teardown", plan, { ...removed, ...more });

const statementOf = (id: string, kind: StatementKind, plan: object, predicate: Record<string, unknown>): Statement => ({
  _type: STATEMENT_TYPE,
  subject: [subjectOf(id, plan)],
  predicateType: predicateTypeOf("restore-drill", kind),
  predicate: {
    requestId: id,
    operation: "restore-drill",
    target: "orders",
    database: planOf().database,
    issuedAt,
    expiresOn,
    ...predicate,
  },
});

export interface FolderContent {
  statements: Statement[];
  /** The earlier runs of its chart, before these in the log. */
  earlier?: Statement[];
  /** Other leaves of the log, before all others. */
  before?: string[];
  by?: SigningKey;
  origin?: string;
}

/** Writes the folder of these statements, whose log contains only them, in this order. */
export async function createFolder(
  folder: string,
  { statements, earlier = [], before = [], by = key, origin: log = origin }: FolderContent,
): Promise<Proofs> {
  const envelopes = await Promise.all(statements.map((s) => sealStatement(s, by)));
  const earlierEnvelopes = await Promise.all(earlier.map((s) => sealStatement(s, by)));
  const leaves = [...before, ...earlierEnvelopes, ...envelopes].map((e) => leafHash(Buffer.from(e)));
  const [tree, size] = [nodesOver(leaves), leaves.length];
  const kinds = statements.map((s, i) => s.predicateType.split(":").at(-2) ?? `other-${i}`);
  const positionOf = async (i: number) => ({
    leafIndex: i,
    inclusion: (await inclusionProof(i, size, tree)).map((h) => h.toString("base64")),
  });
  const proofs: Proofs = {
    treeSize: size,
    statements: await Promise.all(
      statements.map(async (s, i) => ({
        id: statementId(String(s.predicate["requestId"]), kinds[i] as StatementKind),
        file: envelopeFile(kinds[i]!),
        ...(await positionOf(before.length + earlier.length + i)),
      })),
    ),
    earlier: await Promise.all(
      earlier.map(async (_, i) => ({
        file: envelopeFile(`earlier-${i + 1}`),
        ...(await positionOf(before.length + i)),
      })),
    ),
    keyChanges: [],
  };
  const files = new Map<string, string>([
    [evidenceFiles.checkpoint, await signCheckpoint({ origin: log, size, root: await rootOf(size, tree) }, by)],
    [evidenceFiles.verifierKey, `${verifierKey(log, by.key)}\n`],
    [evidenceFiles.proofs, proofsText(proofs)],
    ...reported(envelopes, earlierEnvelopes, by),
    [evidenceFiles.attributes, attributesText],
    ...envelopes.map((e, i): [string, string] => [envelopeFile(kinds[i]!), e]),
    ...earlierEnvelopes.map((e, i): [string, string] => [envelopeFile(`earlier-${i + 1}`), e]),
  ]);
  writeFolder(folder, files);
  return proofs;
}

/** The reports; empty if the statements are in an unknown format. */
function reported(envelopes: string[], earlier: string[], { key: by }: SigningKey): [string, string][] {
  const open = (envelope: string) => ({ envelope, run: runStatementOf(openEnvelope(envelope, by)) });
  try {
    return [...runReports(envelopes.map(open), earlier.map(open))];
  } catch {
    return reportNames.map((name) => [name, ""]);
  }
}

export const rewriteProofs = (folder: string, proofs: object) =>
  writeFileSync(join(folder, evidenceFiles.proofs), proofsText(proofs as Proofs));

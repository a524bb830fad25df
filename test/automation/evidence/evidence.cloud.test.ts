import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDatabase, type ControlPlaneDatabase } from "../../../automation/database";
import { exportEvidence, type Proofs } from "../../../automation/evidence/export";
import { STATEMENT_TYPE, type Statement } from "../../../automation/evidence/envelope";
import { appendStatement, latestCheckpoint, type Signer } from "../../../automation/evidence/ledger";
import { verifierKey } from "../../../automation/evidence/checkpoint";
import { verifyEvidence } from "../../../automation/evidence/verify";
import { makeControlPlaneDatabase, type TestDatabase } from "../control-plane-database";

const signer: Signer = { origin: "shipshape.test/evidence", key: generateKeyPairSync("ed25519").privateKey };
const stranger: Signer = { origin: signer.origin, key: generateKeyPairSync("ed25519").privateKey };
const now = new Date("2026-06-01T00:00:00Z");
const key = verifierKey(signer.origin, signer.key);

let postgres: TestDatabase;
let database: ControlPlaneDatabase;
let folder: string;

function statement(run: string, kind: string, digest = "ab".repeat(32)): Statement<Record<string, unknown>> {
  return {
    _type: STATEMENT_TYPE,
    subject: [{ name: `urn:shipshape:run:${run}`, digest: { sha256: digest } }],
    predicateType: `urn:shipshape:evidence:restore-drill:${kind}:v1`,
    predicate: {
      operation: "restore-drill",
      target: "orders",
      verdict: "pass",
      checks: [],
      removed: [],
      request: { requestedBy: "an auditor", reason: "a test", receivedAt: "2026-05-31T00:00:00Z" },
      decision: { status: "allowed", decidedBy: "admission rules", rules: [] },
      outcome: null,
      error: null,
      issuedAt: "2026-05-31T00:00:00Z",
      expiresOn: "2026-06-30T00:00:00Z",
    },
  };
}

async function append(run: string, kind: "verdict" | "teardown" = "verdict", by = signer) {
  await database.query(
    "insert into request (id, operation, input, requested_by, reason) values ($1, 'restore-drill', '{}', 'an auditor', 'a test') on conflict do nothing",
    [run],
  );
  return appendStatement(database, by, {
    requestId: run,
    kind,
    target: "orders",
    verdict: kind === "verdict" ? "pass" : undefined,
    statement: statement(run, kind),
  });
}

beforeAll(async () => {
  postgres = await makeControlPlaneDatabase();
  database = await openDatabase(postgres.url);
});
afterAll(async () => {
  await database?.close();
  await postgres?.remove();
});
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "shipshape-evidence-"))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const verified = (more: object = {}) => verifyEvidence({ folder, verifierKey: key, now, ...more });
const broken = (v: Awaited<ReturnType<typeof verified>>) => v.findings.filter((f) => !f.holds).map((f) => `${f.what}: ${f.reason}`);
const rewrite = (file: string, change: (text: string) => string) => writeFileSync(join(folder, file), change(readFileSync(join(folder, file), "utf8")));

test("a statement that is appended twice is in the log once, as it was the first time", async () => {
  const first = await append("twice");
  const size = (await latestCheckpoint(database))?.size;
  const second = await append("twice");
  expect(second.envelope).toBe(first.envelope);
  expect((await latestCheckpoint(database))?.size).toBe(size);
});

test("statements appended at once all get a place of their own", async () => {
  const rows = await Promise.all(Array.from({ length: 8 }, (_, i) => append(`at-once-${i}`)));
  const places = rows.map((r) => Number(r.log_index)).sort((a, b) => a - b);
  expect(new Set(places).size).toBe(8);
  expect((places[7] ?? 0) - (places[0] ?? 0)).toBe(7);
});

test("what was appended can be neither changed, nor deleted, nor truncated, not even by its owner", async () => {
  await append("append-only");
  for (const table of ["evidence", "evidence_node", "evidence_checkpoint"]) {
    await expect(database.query(`delete from ${table}`)).rejects.toThrow("append-only");
    await expect(database.query(`truncate ${table} cascade`)).rejects.toThrow("append-only");
  }
  await expect(database.query("update evidence set verdict = 'pass'")).rejects.toThrow("append-only");
});

test("an exported folder verifies offline, with the key the auditor was given", async () => {
  await append("whole");
  await append("whole", "teardown");
  await exportEvidence(database, signer, "whole", folder);
  const v = await verified();
  expect(broken(v)).toEqual([]);
  expect(v).toMatchObject({ valid: true, keyTrusted: true });
  expect(v.statements.map((s) => [s.id, s.expired])).toEqual([
    ["whole.verdict", false],
    ["whole.teardown", false],
  ]);
});

test("evidence that has expired says so, and still is what it was", async () => {
  await append("old");
  await exportEvidence(database, signer, "old", folder);
  const v = await verified({ now: new Date("2026-07-01T00:00:00Z") });
  expect(v.valid).toBe(true);
  expect(v.statements[0]?.expired).toBe(true);
});

test("a changed payload, a changed place and another signer's key are each found, and named", async () => {
  await append("forged");
  await exportEvidence(database, signer, "forged", folder);
  const original = readFileSync(join(folder, "verdict.envelope.json"), "utf8");

  rewrite("verdict.envelope.json", (text) => {
    const envelope = JSON.parse(text);
    const payload = Buffer.from(envelope.payload, "base64").toString().replace('"orders"', '"ledger"');
    return JSON.stringify({ ...envelope, payload: Buffer.from(payload).toString("base64") });
  });
  expect(broken(await verified()).join("\n")).toMatch(/forged.verdict: the envelope is signed by that key: no signature[\s\S]*the log holds it at place/);

  writeFileSync(join(folder, "verdict.envelope.json"), original);
  rewrite("proofs.json", (text) => {
    const proofs = JSON.parse(text) as Proofs;
    proofs.statements[0]!.leafIndex = 0;
    return JSON.stringify(proofs);
  });
  expect(broken(await verified()).join("\n")).toMatch(/the log holds it at place 0 .*does not lead to the checkpoint's root/);

  expect(broken(await verified({ verifierKey: verifierKey(stranger.origin, stranger.key) })).join("\n")).toMatch(
    /the checkpoint is signed by that key: no signature/,
  );
});

test("against a checkpoint kept from before, a log that only grew verifies, and one that was rewritten does not", async () => {
  await append("kept");
  const kept = (await latestCheckpoint(database))!.note;
  await append("newer");
  await exportEvidence(database, signer, "newer", folder, kept);
  expect(broken(await verified({ olderNote: kept }))).toEqual([]);

  // Who holds key and database can write another log of the same length; the checkpoint kept outside gives it away.
  const other = await makeControlPlaneDatabase();
  const honest = database;
  try {
    database = await openDatabase(other.url);
    for (let i = 0; i < 40; i++) await append(`rewritten-${i}`);
    await exportEvidence(database, signer, "rewritten-39", folder, kept);
    const v = await verified({ olderNote: kept });
    expect(broken(v).join("\n")).toMatch(/the log only grew since the older checkpoint: the older tree is not a part of the newer/);
    expect(v.valid).toBe(false);
  } finally {
    await database.close();
    database = honest;
    await other.remove();
  }
});

test("a folder without a proof from the kept checkpoint says how to get one", async () => {
  await append("without-proof");
  const kept = (await latestCheckpoint(database))!.note;
  await append("after-it");
  await exportEvidence(database, signer, "after-it", folder);
  expect(broken(await verified({ olderNote: kept })).join("\n")).toMatch(/export it again with --since/);
});

test("a folder that holds no evidence, and a request that left none, are coded errors", async () => {
  await expect(verified()).rejects.toMatchObject({ code: "evidence-unreadable" });
  await expect(exportEvidence(database, signer, "nobody", folder)).rejects.toMatchObject({ code: "evidence-unknown" });
});

import { spawnSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDatabase, type ControlPlaneDatabase } from "../../../automation/database";
import { exportEvidence } from "../../../automation/evidence/export";
import type { Proofs } from "../../../automation/evidence/folder";
import { changeKey, type Signer } from "../../../automation/evidence/ledger";
import { signedWholeBytes } from "../../../automation/evidence/limits";
import { latestCheckpoint } from "../../../automation/evidence/log-head";
import { heldKey } from "../../../automation/evidence/signing-key";
import type { PlanBasis } from "../../../automation/records";
import { kmsSigningKey } from "../../../automation/targets/kms-signing-key";
import { makeControlPlaneDatabase, type TestDatabase } from "../control-plane-database";
import { FakeKms } from "../targets/fake-kms";
import { concluded, planOf, sealRun } from "./sealed-runs";

/** Machines that build the engine from source have Go; without it, only CI tests these claims. */
const withGo = spawnSync("go", ["version"]).status === 0 ? test : test.skip;

let signer: Signer = {
  origin: "shipshape.test/evidence",
  ...heldKey(generateKeyPairSync("ed25519").privateKey),
};
let postgres: TestDatabase;
let database: ControlPlaneDatabase;
let folder: string;
let program: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "shipshape-public-tools-"));
  chmodSync(folder, 0o755);
  program = join(folder, "verify");
  spawnSync("go", ["build", "-o", program, "."], {
    cwd: join(__dirname, "public-tools"),
    env: { ...process.env, GOFLAGS: "-mod=mod" },
  });
  postgres = await makeControlPlaneDatabase();
  database = await openDatabase(postgres.url);
});
afterAll(async () => {
  await database?.close();
  await postgres?.remove();
  rmSync(folder, { recursive: true, force: true });
});

const append = (run: string, plan: PlanBasis = planOf()) =>
  sealRun(database, signer, concluded(run, "pass", { plan }), ["verdict"]);
const verify = (...args: string[]) => spawnSync(program, args, { encoding: "utf8" });

withGo(
  "Go's own sumdb packages read our checkpoint and our proofs, for every position in logs of many sizes",
  async () => {
    for (let i = 0; i < 13; i++) {
      await append(`run-${i}`);
      const kept = join(folder, "kept");
      if (i === 4) writeFileSync(kept, (await latestCheckpoint(database))!.note);
      const out = join(folder, `out-${i}`);
      await exportEvidence(
        database,
        signer,
        `run-${Math.floor(i / 2)}`,
        out,
        i >= 4 ? readFileSync(kept, "utf8") : undefined,
      );
      const { status, stdout } = verify(out, ...(i >= 4 ? [kept] : []));
      expect({ i, status, stdout }).toMatchObject({ i, status: 0 });
      expect(stdout).toContain(`is record ${Math.floor(i / 2)} of ${i + 1}`);
    }
  },
);

withGo("Go's tools refuse a folder in which one byte was changed", async () => {
  const out = join(folder, "changed");
  await append("changed");
  await exportEvidence(database, signer, "changed", out);
  const file = join(out, "verdict.envelope.json");
  writeFileSync(file, readFileSync(file, "utf8").replace('"sig":"', '"sig":" '));
  expect(verify(out)).toMatchObject({ status: 1 });
  writeFileSync(join(out, "checkpoint"), readFileSync(join(out, "checkpoint"), "utf8").replace("\n14\n", "\n15\n"));
  expect(verify(out).stdout).toContain("signed note");
  expect((JSON.parse(readFileSync(join(out, "proofs.json"), "utf8")) as Proofs).treeSize).toBe(14);
});

withGo("what Go's tools read of a log whose key is in AWS KMS is what the page says", async () => {
  const kms = await FakeKms.start();
  const exported = async (run: string, characters: number) => {
    await append(run, { ...planOf(), extensions: "x".repeat(characters) } as PlanBasis);
    await exportEvidence(database, signer, run, join(folder, run));
    return verify(join(folder, run));
  };
  const rotate = async (spec: "ECC_NIST_P256" | "ECC_NIST_EDWARDS25519") => {
    const [from, to] = [signer, await kmsSigningKey(kms.makeKey(spec), kms.access)];
    signer = { origin: from.origin, ...to };
    await changeKey(database, from, to, "an operator");
  };
  try {
    await rotate("ECC_NIST_P256");
    for (const [run, characters] of [
      ["p256-small", 1],
      ["p256-large", signedWholeBytes],
    ] as const) {
      const { status, stdout } = await exported(run, characters);
      expect({ status, stdout }).toMatchObject({ status: 0 });
      expect(stdout).toContain("sumdb/note alone: invalid verifier hash");
    }
    await rotate("ECC_NIST_EDWARDS25519");
    expect(await exported("ed25519-small", 1)).toMatchObject({ status: 0 });
    const { status, stdout } = await exported("ed25519-large", signedWholeBytes);
    expect({ status, stdout }).toMatchObject({ status: 1 });
    expect(stdout).toMatch(/is record 19 of 20\n.*no signature of that key over its whole payload/);
  } finally {
    kms.stop();
  }
});

/** A new log for each test of a file, on one PostgreSQL. */
import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDatabase, type ControlPlaneDatabase } from "../../../automation/database";
import { exportEvidence } from "../../../automation/evidence/export";
import type { Signer } from "../../../automation/evidence/ledger";
import { LogMemory } from "../../../automation/evidence/log-memory";
import { verifierKey } from "../../../automation/evidence/public-key";
import { readLog } from "../../../automation/evidence/reading";
import { heldKey } from "../../../automation/evidence/signing-key";
import { verifyEvidence, type Verification } from "../../../automation/evidence/verify";
import { makeControlPlaneDatabase, type TestDatabase } from "../control-plane-database";
import { concluded, sealRun } from "./sealed-runs";

export const newKey = () => heldKey(generateKeyPairSync("ed25519").privateKey);
export const now = new Date();
const tables = ["evidence", "evidence_node", "evidence_checkpoint", "evidence_key"];

export class LogUnderTest {
  database!: ControlPlaneDatabase;
  folder!: string;
  signer!: Signer;
  private postgres?: TestDatabase;

  constructor() {
    beforeAll(async () => {
      this.postgres = await makeControlPlaneDatabase();
      this.database = await openDatabase(this.postgres.url);
    });
    afterAll(async () => {
      await this.database?.close();
      await this.postgres?.remove();
    });
    beforeEach(async () => {
      this.folder = mkdtempSync(join(tmpdir(), "shipshape-evidence-"));
      this.signer = {
        origin: "shipshape.test/evidence",
        ...newKey(),
        memory: new LogMemory(join(this.folder, "known-logs.json")),
      };
      await this.withoutTriggers(`truncate ${tables.join(", ")}`);
    });
    afterEach(() => rmSync(this.folder, { recursive: true, force: true }));
  }

  /** Only the tables' owner can do this. */
  async withoutTriggers(...statements: string[]): Promise<void> {
    for (const table of tables) await this.database.query(`alter table ${table} disable trigger append_only`);
    for (const statement of statements) await this.database.query(statement);
    for (const table of tables) await this.database.query(`alter table ${table} enable trigger append_only`);
  }

  append = (run: string, ...kinds: ("verdict" | "teardown")[]) =>
    sealRun(this.database, this.signer, concluded(run), kinds.length ? kinds : undefined);
  key = (of = this.signer) => verifierKey(of.origin, of.key);
  out = () => join(this.folder, "out");
  exported = (run: string, since?: string) => exportEvidence(this.database, this.signer, run, this.out(), since);
  verified = (more: object = {}) => verifyEvidence({ folder: this.out(), verifierKey: this.key(), now, ...more });
  problems = async () => (await readLog(this.database, this.signer)).problems.map((p) => p.what);
  ids = async () => (await readLog(this.database, this.signer)).entries.map((e) => e.run?.id);
}

export const broken = (v: Verification) => v.findings.filter((f) => !f.holds).map((f) => `${f.what}: ${f.reason}`);

import { generateKeyPairSync } from "node:crypto";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { signCheckpoint } from "../../../automation/evidence/checkpoint";
import type { Proofs } from "../../../automation/evidence/folder";
import { verifierKey } from "../../../automation/evidence/public-key";
import { heldKey } from "../../../automation/evidence/signing-key";
import { verifyEvidence } from "../../../automation/evidence/verify";
import {
  expiresOn,
  issuedAt,
  key,
  createFolder,
  origin,
  publicKey,
  rewriteProofs,
  teardownOf,
  verdictOf,
} from "./exported-folder";
import { databaseCalled, planOf } from "./sealed-runs";

let root: string;
let folder: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "shipshape-verify-"));
  folder = join(root, "evidence");
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const now = new Date("2026-06-15T00:00:00Z");
const verified = (more: object = {}) => verifyEvidence({ folder, verifierKey: publicKey, now, ...more });
const broken = async (more: object = {}) => {
  const v = await verified(more);
  expect(v.valid).toBe(v.findings.every((f) => f.holds));
  return v.findings.filter((f) => !f.holds).map((f) => `${f.what}: ${f.reason}`);
};
const whole = (id = "run-1") => createFolder(folder, { statements: [verdictOf(id), teardownOf(id)] });
const path = (file: string) => join(folder, file);
const rewrite = (file: string, change: (text: string) => string) =>
  writeFileSync(path(file), change(readFileSync(path(file), "utf8")));

describe("a complete folder", () => {
  test("is valid, and its statements are reported", async () => {
    await whole();
    const v = await verified();
    expect(v).toMatchObject({
      valid: true,
      keyTrusted: true,
      origin,
      verifierKey: publicKey,
      treeSize: 2,
      expired: false,
    });
    expect(v.statements).toMatchObject([
      {
        id: "run-1.verdict",
        kind: "verdict",
        operation: "restore-drill",
        target: "orders",
        database: databaseCalled("orders"),
        verdict: "pass",
      },
      { id: "run-1.teardown", kind: "teardown", requestedBy: undefined },
    ]);
  });

  test.each([
    ["one millisecond before it expires", -1, false],
    ["at the moment it expires", 0, true],
    ["after that", 1, true],
  ])("stays valid, and says whether it has expired: %s", async (_, offset, expired) => {
    await whole();
    expect(await verified({ now: new Date(Date.parse(expiresOn) + offset) })).toMatchObject({ valid: true, expired });
  });

  test("dated in the future is not valid, as its expiry would be no limit; clocks may differ by minutes", async () => {
    await whole();
    const at = (seconds: number) => broken({ now: new Date(Date.parse(issuedAt) - seconds * 1000) });
    expect((await at(301)).join("\n")).toMatch(
      /no statement is dated in the future: run-1.verdict says that it was issued at .*: the clock of this machine/,
    );
    expect(await at(300)).toEqual([]);
  });

  test("is consistent but not trusted without a given key", async () => {
    await whole();
    expect(await verified({ verifierKey: undefined })).toMatchObject({ valid: true, keyTrusted: false });
  });

  test("of a run that created nothing needs no teardown", async () => {
    await createFolder(folder, {
      statements: [
        verdictOf("run-1", {
          teardown: "none",
          run: "failed",
          verdict: "inconclusive",
          error: new Error("no such database"),
        }),
      ],
    });
    expect(await broken()).toEqual([]);
  });

  test("is valid in a git checkout, and without the file for git", async () => {
    await whole();
    mkdirSync(path(".git"));
    expect(await broken()).toEqual([]);
    rmSync(path(".gitattributes"));
    expect(await broken()).toEqual([]);
  });
});

describe("a relabelled, incomplete, extended or reworded folder", () => {
  test("relabelled as evidence of another database is not valid, and the label is not reported", async () => {
    await whole();
    rewrite("proofs.json", (text) => text.replaceAll("run-1.", "payments-LATEST."));
    rewrite("report.md", (text) => text.replaceAll("orders", "payments"));
    const found = (await broken()).join("\n");
    expect(found).toMatch(/run-1.verdict: the folder names it correctly: it names it payments-LATEST.verdict/);
    expect(found).toMatch(/the report matches the statements: report.md: it is not the report/);
    expect((await verified()).statements.map((s) => [s.id, s.target])).toEqual([
      ["run-1.verdict", "orders"],
      ["run-1.teardown", "orders"],
    ]);
  });

  test.each([
    ["only its teardown", [teardownOf("run-1")], /the verdict is missing/],
    ["only its verdict", [verdictOf("run-1")], /the teardown is missing/],
    ["nothing", [], /the verdict is missing/],
  ])("with %s is not valid, and says what is missing", async (_, statements, missing) => {
    await createFolder(folder, { statements, before: ["another"] });
    expect((await broken()).join("\n")).toMatch(missing);
  });

  test("with one statement twice, or one file under two names, is not valid", async () => {
    const proofs = await whole();
    rewriteProofs(folder, { ...proofs, statements: [proofs.statements[0], proofs.statements[0]] });
    expect((await broken()).join("\n")).toMatch(/a statement appears twice/);
    rmSync(path("teardown.envelope.json"));
    expect((await broken()).join("\n")).toMatch(/a file is named twice/);
  });

  test.each([
    ["of two runs", [verdictOf("run-1"), teardownOf("run-2")]],
    ["of two plans", [verdictOf("run-1"), teardownOf("run-1", {}, { ...planOf(), evidenceValidDays: 1 })]],
    [
      "of two databases",
      [verdictOf("run-1"), teardownOf("run-1", { database: databaseCalled("orders", "db-RECREATED") })],
    ],
    ["of two names", [verdictOf("run-1"), teardownOf("run-1", { target: "payments" })]],
  ])("with statements %s is not valid", async (_, statements) => {
    await createFolder(folder, { statements });
    expect((await broken()).join("\n")).toMatch(
      /all statements are about one run, one plan and one database: the statements are about different/,
    );
  });

  test.each([
    [
      "a plan other than its subject's",
      verdictOf("run-1", { plan: { target: "payments" } }),
      /not the digest of its plan/,
    ],
    [
      "a subject of another run",
      { ...verdictOf("run-1"), subject: teardownOf("run-2").subject },
      /its subject and its content name different runs/,
    ],
    [
      "a request of another run",
      verdictOf("run-1", { request: { ...(verdictOf("run-2").predicate["request"] as object) } }),
      /its request is that of another run/,
    ],
    [
      "the type of another operation",
      { ...verdictOf("run-1"), predicateType: "urn:shipshape:evidence:backup-audit:verdict:v2" },
      /name different operations/,
    ],
    [
      "a type that is not one of a run's",
      { ...verdictOf("run-1"), predicateType: "urn:test:verdict:v2" },
      /is not a type of a run's statements/,
    ],
    ["an unknown verdict", verdictOf("run-1", { verdict: "splendid" }), /does not have the expected fields: verdict/],
  ])("with %s is not valid, although it is signed", async (_, statement, reason) => {
    await createFolder(folder, { statements: [statement as ReturnType<typeof verdictOf>, teardownOf("run-1")] });
    expect((await broken()).join("\n")).toMatch(reason);
  });

  test("with a file that nothing vouches for, or its own attributes file, is not valid", async () => {
    await whole();
    writeFileSync(path("certificate.pdf"), "all is well");
    expect((await broken()).join("\n")).toMatch(
      /the folder contains nothing else: nothing vouches for certificate.pdf/,
    );
    rmSync(path("certificate.pdf"));
    writeFileSync(path(".gitattributes"), "* text eol=crlf\n");
    expect((await broken()).join("\n")).toMatch(/.gitattributes was changed/);
  });

  test("with a second verdict line in the report is not valid", async () => {
    await createFolder(folder, { statements: [verdictOf("run-1", { verdict: "fail" }), teardownOf("run-1")] });
    expect(await broken()).toEqual([]);
    rewrite("report.md", (text) => `${text}\n**pass**\n`);
    expect(await broken()).toHaveLength(1);
  });
});

describe("signatures and positions", () => {
  const stranger = heldKey(generateKeyPairSync("ed25519").privateKey);

  test("a checkpoint with changed text, or signed by another key or log, is refused", async () => {
    await whole();
    const note = readFileSync(path("checkpoint"), "utf8");
    const changes: [string, RegExp][] = [
      [note.replace("\n2\n", "\n3\n"), /does not match the checkpoint's text/],
      [note.replace(/^(.*\n2\n)./, "$1_"), /not a checkpoint/],
      [note.replace("\n2\n", "\n02\n"), /not a checkpoint/],
      [note.replace("\n2\n", "\n2\nmore\n"), /not a checkpoint/],
      [note.replace(/— .*\n$/, ""), /not a checkpoint/],
      [
        await signCheckpoint({ origin, size: 2, root: Buffer.alloc(32) }, stranger),
        /no signature of "shipshape.test\/evidence" with key/,
      ],
      [note.replaceAll(origin, "other.test/evidence"), /the checkpoint is of log "other.test\/evidence"/],
    ];
    for (const [changed, reason] of changes) {
      writeFileSync(path("checkpoint"), changed);
      expect((await broken()).join("\n")).toMatch(reason);
    }
  });

  test("a key that differs from the given one, is malformed, or does not match its own hash is refused", async () => {
    await whole();
    expect((await broken({ verifierKey: verifierKey(origin, stranger.key) })).join("\n")).toMatch(
      /checkpoint is signed by that key: no signature/,
    );
    for (const text of ["", "x", publicKey.replace(/\+[0-9a-f]{8}\+/, "+00000000+"), `${origin}+00000000+AAAA`])
      expect((await broken({ verifierKey: text })).join("\n")).toMatch(/the verifier key is well formed: /);
    writeFileSync(path("verifier-key"), `${verifierKey(origin, stranger.key)}\n`);
    expect((await broken()).join("\n")).toMatch(/the folder names the log's key and size: its verifier key is/);
  });

  test("an envelope that was changed, reformatted or signed by another key is refused, and so is another position", async () => {
    const proofs = await whole();
    const original = readFileSync(path("verdict.envelope.json"), "utf8");
    const envelope = JSON.parse(original) as { payload: string; signatures: object[]; payloadType: string };
    const forged = Buffer.from(envelope.payload, "base64").toString().replaceAll('"orders"', '"ledger"');
    const changes: [object | string, RegExp][] = [
      [
        { ...envelope, payload: Buffer.from(forged).toString("base64") },
        /it is signed by the log's key: no signature[^]*the log has it at position 0/,
      ],
      [{ ...envelope, signatures: [] }, /not an envelope/],
      [{ ...envelope, payloadType: "text/plain" }, /not an envelope/],
      [{ ...envelope, payload: `${envelope.payload}\n` }, /not base64/],
      [JSON.stringify(envelope, undefined, 2), /the log has it at position 0 of 2: the proof does not lead/],
      ["null", /not an envelope/],
      ["[".repeat(100_000), /not an envelope/],
    ];
    for (const [changed, reason] of changes) {
      writeFileSync(path("verdict.envelope.json"), typeof changed === "string" ? changed : JSON.stringify(changed));
      expect((await broken()).join("\n")).toMatch(reason);
    }
    writeFileSync(path("verdict.envelope.json"), original);
    const moved = { ...proofs, statements: proofs.statements.map((s) => ({ ...s, leafIndex: 1 - s.leafIndex })) };
    rewriteProofs(folder, moved);
    expect((await broken()).join("\n")).toMatch(/the log has it at position 1 of 2: the proof does not lead/);
    rewriteProofs(folder, { ...proofs, treeSize: 3 });
    expect((await broken()).join("\n")).toMatch(/its proofs are for 3 statements, the checkpoint for 2/);
  });

  test("a statement that is not of in-toto's type is refused, although it is signed", async () => {
    await createFolder(folder, {
      statements: [{ ...verdictOf("run-1"), _type: "https://example.com/Statement" } as never, teardownOf("run-1")],
    });
    expect((await broken()).join("\n")).toMatch(/not an in-toto statement/);
  });

  test("an older checkpoint requires a proof, and one that covers more statements is refused", async () => {
    await whole();
    const note = (size: number) => signCheckpoint({ origin, size, root: Buffer.alloc(32) }, key);
    expect((await broken({ olderNote: await note(1) })).join("\n")).toMatch(
      /no proof from size 1: export it again with --since/,
    );
    expect((await broken({ olderNote: await note(3) })).join("\n")).toMatch(/covers 3 statements, this one only 2/);
    expect((await broken({ olderNote: "nothing" })).join("\n")).toMatch(
      /the log has only grown since the older checkpoint: not a checkpoint/,
    );
    const proofs = JSON.parse(readFileSync(path("proofs.json"), "utf8")) as Proofs;
    rewriteProofs(folder, { ...proofs, consistency: { olderSize: 1, hashes: [Buffer.alloc(32).toString("base64")] } });
    expect((await broken({ olderNote: await note(1) })).join("\n")).toMatch(/the older tree is not part of the newer/);
  });
});

describe("a folder from an unknown sender", () => {
  const unreadable = (reason: RegExp) =>
    expect(verified()).rejects.toMatchObject({
      code: "evidence-unreadable",
      message: expect.stringMatching(reason) as string,
    });

  test.each([
    [
      "a position between two positions",
      (p: Proofs) => ({ ...p, statements: p.statements.map((s) => ({ ...s, leafIndex: s.leafIndex + 0.5 })) }),
    ],
    [
      "a position beyond all integers",
      (p: Proofs) => ({ ...p, statements: p.statements.map((s) => ({ ...s, leafIndex: 1e300 })) }),
    ],
    [
      "a position before the first",
      (p: Proofs) => ({ ...p, statements: p.statements.map((s) => ({ ...s, leafIndex: -1 })) }),
    ],
    ["statements that are not a list", (p: Proofs) => ({ ...p, statements: {} })],
    ["a statement that is null", (p: Proofs) => ({ ...p, statements: [null] })],
    [
      "a path that leads outside",
      (p: Proofs) => ({ ...p, statements: p.statements.map((s) => ({ ...s, file: "../../../etc/passwd" })) }),
    ],
    [
      "a path that begins at the root",
      (p: Proofs) => ({ ...p, statements: p.statements.map((s) => ({ ...s, file: "/etc/passwd" })) }),
    ],
    ["additional names", (p: Proofs) => ({ ...p, note: "all is well" })],
    ["malformed hashes", (p: Proofs) => ({ ...p, statements: p.statements.map((s) => ({ ...s, inclusion: ["x"] })) })],
    ["a number as their content", () => 7 as never],
  ])("whose proofs have %s is not valid, and raises no unexpected error", async (_, change) => {
    rewriteProofs(folder, change(await whole()));
    expect((await broken()).join("\n")).toMatch(/the proofs are well formed: not in the exported form/);
  });

  test("whose proofs have a duplicate key, or are not JSON, is not valid", async () => {
    await whole();
    rewrite("proofs.json", (text) => text.replace('"treeSize": 2', '"treeSize": 9,\n  "treeSize": 2'));
    expect((await broken()).join("\n")).toMatch(/not formatted as exported/);
    writeFileSync(path("proofs.json"), `{"statements":${"[".repeat(100_000)}`);
    expect((await broken()).join("\n")).toMatch(/the proofs are well formed/);
  });

  test("with a link, a folder, a device or an endless file is not evidence", async () => {
    await whole();
    for (const target of [join(root, "secret"), "/dev/zero", "/dev/stdin"]) {
      renameSync(path("report.md"), join(root, "report.md"));
      symlinkSync(target, path("report.md"));
      await unreadable(/report.md is not a regular file/);
      rmSync(path("report.md"));
      renameSync(join(root, "report.md"), path("report.md"));
    }
    mkdirSync(path("more"));
    await unreadable(/more is not a regular file/);
    rmSync(path("more"), { recursive: true });
    truncateSync(path("report.md"), 2 ** 40);
    await unreadable(/report.md has 1099511627776 bytes/);
    writeFileSync(path("report.md"), Buffer.of(0xff, 0xfe, 0x00));
    await unreadable(/report.md is not UTF-8 text/);
  });

  test("that lacks a file, does not exist, or has too many files is not evidence; and its names are printed as text only", async () => {
    await unreadable(/ENOENT/);
    await whole();
    cpSync(folder, join(root, "copy"), { recursive: true });
    rmSync(path("verdict.envelope.json"));
    await unreadable(/there is no file verdict.envelope.json/);
    rmSync(folder, { recursive: true });
    renameSync(join(root, "copy"), folder);
    mkdirSync(path("\u001b[2J\n✓ it holds"));
    await unreadable(/^[^\n\u001b]*\\u001b\[2J\\u000a✓ it holds is not a regular file/);
    rmSync(path("\u001b[2J\n✓ it holds"), { recursive: true });
    for (let i = 0; i < 200; i++) writeFileSync(path(`f${i}`), "");
    await unreadable(/it contains 20\d files/);
  });

  test("with rewritten line endings says so, with the word that people search for", async () => {
    await whole();
    for (const file of ["checkpoint", "verifier-key", "proofs.json", "report.md"])
      rewrite(file, (text) => text.replaceAll("\n", "\r\n"));
    const found = await broken();
    expect(found[0]).toMatch(/4 files have CRLF line endings, as git writes them with core.autocrlf/);
  });
});

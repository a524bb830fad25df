import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { exportEvidence } from "../../../automation/evidence/export";
import { changeKey, requireSigner } from "../../../automation/evidence/ledger";
import { latestCheckpoint } from "../../../automation/evidence/log-head";
import { leafHash } from "../../../automation/evidence/merkle-tree";
import { readLog, statementsOf } from "../../../automation/evidence/reading";
import { broken, LogUnderTest, newKey } from "./log-under-test";
import { concluded, planOf, requestOf, sealRun } from "./sealed-runs";

const log = new LogUnderTest();

describe("keys", () => {
  test("another key cannot continue the log, neither here nor on a machine that does not know it", async () => {
    await log.append("by-the-first");
    const other = { ...log.signer, ...newKey() };
    await expect(sealRun(log.database, other, concluded("x"))).rejects.toMatchObject({ code: "signing-key-foreign" });
    await expect(sealRun(log.database, { ...other, memory: undefined }, concluded("x"))).rejects.toMatchObject({
      code: "signing-key-foreign",
    });
    expect(await log.ids()).toEqual(["by-the-first.verdict", "by-the-first.teardown"]);
  });

  test("a change of keys is in the log: older statements still verify with both keys, and the old key can no longer sign", async () => {
    await log.append("old");
    const old = log.signer;
    log.signer = { ...log.signer, ...newKey() };
    await changeKey(log.database, old, log.signer, "an operator");
    await expect(sealRun(log.database, old, concluded("late"))).rejects.toMatchObject({ code: "signing-key-foreign" });
    await log.append("new");
    expect(await log.problems()).toEqual([]);
    for (const run of ["old", "new"]) {
      await log.exported(run);
      for (const verifier of [old, log.signer])
        expect(broken(await log.verified({ verifierKey: log.key(verifier) }))).toEqual([]);
      expect(broken(await log.verified({ verifierKey: log.key({ ...log.signer, ...newKey() }) })).join()).toMatch(
        /checkpoint is signed by that key: no signature/,
      );
    }
    // A row that claims a change by a stranger's keys has no effect.
    const stranger = { ...log.signer, ...newKey(), memory: undefined };
    await log.database.query(
      "insert into evidence (log_index, id, kind, predicate_type, subject_name, subject_digest, issued_at, envelope) select 0, 'x', kind, predicate_type, 's', 'd', issued_at, envelope from evidence where kind = 'key-change'",
    );
    await log.append("newest");
    await expect(requireSigner(log.database, stranger)).rejects.toMatchObject({ code: "signing-key-foreign" });
  });
});

describe("exporting", () => {
  test("an exported folder verifies offline, with the key the auditor was given", async () => {
    await log.append("whole");
    await log.exported("whole");
    const v = await log.verified();
    expect(broken(v)).toEqual([]);
    expect(v).toMatchObject({
      valid: true,
      keyTrusted: true,
      origin: log.signer.origin,
      verifierKey: log.key(),
      treeSize: 2,
      expired: false,
    });
    expect(v.statements).toMatchObject([
      {
        id: "whole.verdict",
        target: "orders",
        database: { resourceId: "db-ORDERS", account: "123456789012", region: "eu-central-1" },
        verdict: "pass",
      },
      { id: "whole.teardown", target: "orders", verdict: undefined },
    ]);
    expect(readFileSync(join(log.out(), ".gitattributes"), "utf8")).toBe("* -text\n");
  });

  test("a report shows the earlier recovery times of the same database, and of no other", async () => {
    const figures = { rtoAchievedSeconds: 4, rtoSeconds: 60 };
    const check = { name: "recovery-time", verdict: "pass" as const, explanation: "in time", figures };
    const verdict = { verdict: "pass" as const, checks: [check] };
    const conclusion = { status: "succeeded" as const, outcome: { phases: [] }, verdict };
    for (const [id, database] of [
      ["first", "orders"],
      ["other", "ledger"],
      ["second", "orders"],
      ["third", "orders"],
    ] as const)
      await sealRun(log.database, log.signer, concluded(id, "pass", { conclusion, plan: planOf(database) }));
    await log.exported("second");
    expect(broken(await log.verified())).toEqual([]);
    const { report } = JSON.parse(readFileSync(join(log.out(), "report.json"), "utf8")) as {
      report: { recoveries: { requestId: string }[] };
    };
    expect(report.recoveries.map((r) => r.requestId)).toEqual(["first", "second"]);
  });

  test("against a checkpoint kept from before, a log that only grew verifies, and one that was rewritten does not", async () => {
    await log.append("kept");
    const kept = (await latestCheckpoint(log.database))!.note;
    await log.append("newer");
    await log.exported("newer", kept);
    expect(broken(await log.verified({ olderNote: kept }))).toEqual([]);
    await log.exported("newer");
    expect(broken(await log.verified({ olderNote: kept })).join()).toMatch(/export it again with --since/);

    // Anyone with the key and the database, on a machine that does not know the log, can write another one; a
    // checkpoint kept elsewhere reveals that.
    await log.withoutTriggers("truncate evidence, evidence_node, evidence_checkpoint, evidence_key");
    log.signer = { ...log.signer, memory: undefined };
    for (const run of ["rewritten-1", "rewritten-2"]) await log.append(run);
    await log.exported("rewritten-2", kept);
    expect(broken(await log.verified({ olderNote: kept })).join()).toMatch(/the older tree is not part of the newer/);
    await expect(log.exported("rewritten-2", kept.replace("\n2\n", "\n3\n"))).rejects.toMatchObject({ code: "usage" });
  });

  test("an export replaces an older export, but writes neither through a link nor into a folder with other files", async () => {
    await log.append("again");
    await log.exported("again");
    writeFileSync(join(log.out(), "verdict.envelope.json"), "torn");
    await log.exported("again");
    expect(broken(await log.verified())).toEqual([]);

    mkdirSync(join(log.folder, "other"));
    writeFileSync(join(log.folder, "other", "mine.txt"), "mine");
    rmSync(log.out(), { recursive: true });
    symlinkSync(join(log.folder, "other"), log.out());
    await expect(log.exported("again")).rejects.toMatchObject({ code: "evidence-out-unusable" });
    await expect(exportEvidence(log.database, log.signer, "again", join(log.folder, "other"))).rejects.toMatchObject({
      message: expect.stringContaining("mine.txt") as string,
    });
    expect(existsSync(join(log.folder, "other", "checkpoint"))).toBe(false);

    mkdirSync(join(log.folder, "linked"));
    writeFileSync(join(log.folder, "victim"), "precious");
    symlinkSync(join(log.folder, "victim"), join(log.folder, "linked", "report.md"));
    await expect(exportEvidence(log.database, log.signer, "again", join(log.folder, "linked"))).rejects.toMatchObject({
      code: "evidence-out-unusable",
    });
    expect(readFileSync(join(log.folder, "victim"), "utf8")).toBe("precious");
  });

  test.each([
    ["someone's own report", ["report.md"], []],
    ["a folder named like an envelope", ["proofs.json"], ["notes.envelope.json"]],
    ["an envelope that is not from an export", ["mine.envelope.json"], []],
    ["proofs of something else", ["proofs.json", "report.md"], []],
    ["a folder named like one of our files", [], ["checkpoint"]],
  ])(
    "an export does not touch a folder that is not an export, judged by its content and not by names alone: %s",
    async (_, files, folders) => {
      await log.append("again");
      mkdirSync(log.out());
      for (const name of folders) mkdirSync(join(log.out(), name));
      for (const path of [...files, ...folders.map((name) => join(name, "mine.txt"))])
        writeFileSync(join(log.out(), path), "{}");
      const before = readdirSync(log.out(), { recursive: true }).sort();
      await expect(log.exported("again")).rejects.toMatchObject({ code: "evidence-out-unusable" });
      expect(readdirSync(log.out(), { recursive: true }).sort()).toEqual(before);
      expect(readdirSync(log.folder).filter((name) => name.includes("part"))).toEqual([]);
    },
  );

  test("an export creates its parent folders, and fills an empty folder", async () => {
    await log.append("again");
    const deep = join(log.folder, "2026", "june", "orders");
    await exportEvidence(log.database, log.signer, "again", deep);
    expect(readdirSync(join(log.folder, "2026", "june"))).toEqual(["orders"]);
    mkdirSync(log.out());
    await log.exported("again");
    expect(broken(await log.verified())).toEqual([]);
  });

  test("a request that left no evidence is a coded error", async () => {
    await expect(log.exported("unknown")).rejects.toMatchObject({ code: "evidence-unknown" });
    await log.append("another");
    await expect(log.exported("unknown")).rejects.toMatchObject({ code: "evidence-unknown" });
    expect(statementsOf(await readLog(log.database, log.signer), "unknown")).toEqual([]);
  });

  test("a leaf is the exported file, byte for byte", async () => {
    await sealRun(
      log.database,
      log.signer,
      concluded("bytes", "pass", { request: requestOf("bytes", { reason: "ü \u2028 \ud83d\ude00" }) }),
      ["verdict"],
    );
    await log.exported("bytes");
    const [node] = await log.database.query<{ hash: Buffer }>(
      "select hash from evidence_node where level = 0 and index = 0",
    );
    expect(leafHash(readFileSync(join(log.out(), "verdict.envelope.json")))).toEqual(node?.hash);
  });
});

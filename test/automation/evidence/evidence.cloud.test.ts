import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { appendStatement, changeKey, requireSigner, type Signer } from "../../../automation/evidence/ledger";
import { latestCheckpoint } from "../../../automation/evidence/log-head";
import { LogMemory } from "../../../automation/evidence/log-memory";
import { readLog } from "../../../automation/evidence/reading";
import { recoverabilities } from "../../../automation/observability/recoverability";
import type { Concluded, Conclusion } from "../../../automation/records";
import { signedDrills } from "../../../automation/recovery-status";
import { broken, LogUnderTest, newKey, now } from "./log-under-test";
import { verdictOf } from "./made-folder";
import { concluded, databaseCalled, planOf, sealRun } from "./sealed-runs";

const log = new LogUnderTest();

const statusOf = async (identifier: string, resourceId?: string) => {
  const read = await readLog(log.database, log.signer);
  const databases = [
    { ...databaseCalled(identifier, resourceId), restorableFrom: new Date(0), backupRetentionDays: 7, run: undefined },
  ];
  const [first] = recoverabilities({
    fleet: { asked: true, databases },
    drills: signedDrills(read),
    lost: read.problems.flatMap((p) => p.lost ?? []),
    now,
  });
  return first?.recoverability;
};
const of = (run: string, identifier: string, verdict: "pass" | "fail" = "pass"): Concluded =>
  concluded(run, verdict, { plan: planOf(identifier) });

describe("appending", () => {
  test("a statement that is appended twice is in the log once, as it was the first time", async () => {
    await log.append("twice");
    const before = await latestCheckpoint(log.database);
    await log.append("twice");
    expect(await latestCheckpoint(log.database)).toEqual(before);
    expect(await log.ids()).toEqual(["twice.verdict", "twice.teardown"]);
  });

  test("statements appended at once all get a place of their own", async () => {
    await Promise.all(Array.from({ length: 8 }, (_, i) => log.append(`at-once-${i}`, "verdict")));
    const { entries, problems: found } = await readLog(log.database, log.signer);
    expect(entries.map((e) => e.place)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(found).toEqual([]);
  });

  test("what was appended can be neither changed, nor deleted, nor truncated, not even by its owner", async () => {
    await log.append("append-only");
    for (const table of ["evidence", "evidence_node", "evidence_checkpoint", "evidence_key"]) {
      await expect(log.database.query(`delete from ${table}`)).rejects.toThrow("append-only");
      await expect(log.database.query(`truncate ${table} cascade`)).rejects.toThrow("append-only");
    }
    await expect(log.database.query("update evidence set verdict = 'pass'")).rejects.toThrow("append-only");
  });

  test("a run that failed before it had a plan seals a statement whose subject is the digest of its request", async () => {
    const conclusion: Conclusion = {
      status: "failed",
      error: new Error("no such database"),
      verdict: { verdict: "inconclusive", checks: [] },
    };
    await sealRun(
      log.database,
      log.signer,
      concluded("early", "inconclusive", { plan: undefined, decision: undefined, conclusion, cleansUp: false }),
    );
    await log.exported("early");
    const v = await log.verified();
    expect(broken(v)).toEqual([]);
    expect(v.statements).toMatchObject([
      { id: "early.verdict", target: "orders", database: null, verdict: "inconclusive" },
    ]);
  });
});

describe("rows that were slipped in or altered", () => {
  const slipIn = (place: number, envelope: string, id = `forged-${place}`) =>
    log.database.query(
      `insert into evidence (log_index, id, kind, predicate_type, subject_name, subject_digest, target, verdict, issued_at, expires_on, envelope)
       values ($1, $2, 'verdict', 'urn:shipshape:evidence:restore-drill:verdict:v2', 's', 'd', 'payments', 'pass', now(), '2035-01-01', $3)`,
      [place, id, envelope],
    );
  const unsigned = JSON.stringify({
    payloadType: "application/vnd.in-toto+json",
    payload: Buffer.from("{}").toString("base64"),
    signatures: [],
  });

  test("an unsigned row proves nothing, is told, and keeps no place from the statements that follow", async () => {
    await log.append("before");
    for (const place of [2, 3, 7, -1]) await slipIn(place, unsigned);
    await log.database.query(
      "insert into evidence_node (level, index, hash) values (0, 2, sha256('x')), (1, 1, sha256('y')), (0, 3, sha256('z'))",
    );
    await log.database.query(
      "insert into evidence_checkpoint (size, note) values (3, 'shipshape.test/evidence'), (999, 'not one')",
    );
    await sealRun(log.database, log.signer, of("after", "ledger"));
    expect(await log.ids()).toEqual(["before.verdict", "before.teardown", "after.verdict", "after.teardown"]);
    expect(await statusOf("payments")).toBe("never");
    expect(await statusOf("orders")).toBe("fresh");
    expect(await statusOf("ledger")).toBe("fresh");
    expect((await log.problems()).filter((p) => /forged-.* is not a statement of the log/.test(p))).toHaveLength(4);
    await log.exported("after");
    expect(broken(await log.verified())).toEqual([]);
  });

  test("a row that claims a run before it has ended does not keep its statement out", async () => {
    await log.append("first");
    await log.database.query(
      `insert into evidence (log_index, id, request_id, kind, predicate_type, subject_name, subject_digest, target, verdict, issued_at, expires_on, envelope)
       select 2, 'first.x', request_id, 'verdict', predicate_type, subject_name, subject_digest, target, verdict, issued_at, expires_on, envelope from evidence where log_index = 0`,
    );
    await log.append("second");
    expect(await log.ids()).toEqual(["first.verdict", "first.teardown", "second.verdict", "second.teardown"]);
  });

  test("altered columns change nothing that is said of a log.database, and are told", async () => {
    await sealRun(log.database, log.signer, of("failed", "orders", "fail"));
    await log.withoutTriggers(
      "update evidence set verdict = 'pass', target = 'ledger', expires_on = '2035-01-01' where kind = 'verdict'",
    );
    expect(await statusOf("orders")).toBe("failed");
    expect(await statusOf("ledger")).toBe("never");
    expect(await log.problems()).toEqual([expect.stringMatching(/the columns of failed.verdict were altered/)]);
    await log.exported("failed");
    expect((await log.verified()).statements[0]).toMatchObject({ target: "orders", verdict: "fail" });
  });

  test("a statement that was altered or deleted leaves unknown all that was proven before it, whatever its columns say it was about", async () => {
    await sealRun(log.database, log.signer, of("of-orders", "orders"));
    await sealRun(log.database, log.signer, of("failed", "orders", "fail"));
    await sealRun(log.database, log.signer, of("of-ledger", "ledger"));
    const altered = "envelope = replace(envelope, 'payload', 'payloaD')";
    await log.withoutTriggers(
      `update evidence set ${altered}, target = 'payments', request_id = 'of-orders' where id = 'failed.verdict'`,
    );
    expect(await statusOf("orders")).toBe("unknown");
    expect(await statusOf("ledger")).toBe("fresh"); // its proof is newer
    expect(await log.problems()).toContainEqual("the statement at position 2 is missing or was altered");
    await log.append("goes-on");
    expect(await log.ids()).toContain("goes-on.verdict");

    await log.withoutTriggers("delete from evidence where id = 'failed.verdict'");
    expect([await statusOf("orders"), await statusOf("ledger")]).toEqual(["fresh", "fresh"]); // proven again since
    await log.withoutTriggers("delete from evidence where id = 'goes-on.teardown'");
    expect([await statusOf("orders"), await statusOf("ledger")]).toEqual(["unknown", "unknown"]);
  });

  test("a signed statement of a form that is not known here may be the newest word: what was proven before it is unknown", async () => {
    await log.append("passed");
    expect(await statusOf("orders")).toBe("fresh");
    const later = verdictOf("later", { verdict: "fail" });
    const statement = { ...later, predicateType: later.predicateType.replace(":v2", ":v3") };
    await sealRun(log.database, log.signer, concluded("later"), []);
    await appendStatement(log.database, log.signer, {
      requestId: "later",
      kind: "verdict",
      target: "orders",
      statement,
    });
    expect(await log.problems()).toEqual([expect.stringMatching(/^the statement at position 2 has an unknown format/)]);
    expect(await statusOf("orders")).toBe("unknown");
    await log.append("passed-again");
    expect(await statusOf("orders")).toBe("fresh");
  });

  test("a change of keys that a column hides is followed anyway, and so is what the new key signed", async () => {
    await log.append("passed");
    const next = newKey();
    await changeKey(log.database, log.signer, next, "a test");
    await sealRun(log.database, { ...log.signer, key: next }, of("failed", "orders", "fail"));
    await log.withoutTriggers("update evidence set kind = 'verdict' where kind = 'key-change'");
    // On a machine that has not seen this log before.
    log.signer = { ...log.signer, memory: undefined };
    expect(await statusOf("orders")).toBe("failed");
  });

  test("an older signed head that is put in again above the newest does not take back what came after it", async () => {
    await log.append("passed");
    await sealRun(log.database, log.signer, of("failed", "orders", "fail"));
    log.signer = { ...log.signer, memory: undefined }; // on a machine that has not seen this log before
    await log.database.query(
      "insert into evidence_checkpoint (size, note) select 999, note from evidence_checkpoint where size = 2",
    );
    expect(await statusOf("orders")).toBe("failed");
    await log.append("passed-again");
    expect(await log.ids()).toHaveLength(6);
    expect(await statusOf("orders")).toBe("fresh");
  });

  test("a log whose newest heads were taken away while its statements are there is known to be cut off, on any machine", async () => {
    await log.append("passed");
    await sealRun(log.database, log.signer, of("failed", "orders", "fail"));
    log.signer = { ...log.signer, memory: undefined };
    await log.withoutTriggers("delete from evidence_checkpoint where size > 2");
    expect(await log.problems()).toContainEqual("it contains statements that no signed head covers: it was truncated");
    expect(await statusOf("orders")).toBe("unknown");
  });

  test("a true statement that is put in once more, at another place or before itself, keeps none out and hides none", async () => {
    await log.append("passed");
    await sealRun(log.database, log.signer, of("failed", "orders", "fail"));
    await log.append("passed-again");
    const columns =
      "id, request_id, kind, predicate_type, subject_name, subject_digest, target, verdict, issued_at, expires_on, envelope";
    for (const [place, id] of [
      [2, "passed-again.verdict"],
      [0, "failed.verdict"],
      [999, "passed.verdict"],
    ] as const)
      await log.database.query(
        `insert into evidence (row_id, log_index, ${columns}) overriding system value select $1, $2, ${columns} from evidence where id = $3 limit 1`,
        [place + 1, place, id],
      );
    await log.database.query(
      "insert into evidence_node (row_id, level, index, hash) overriding system value values (-1, 0, 2, sha256('x')), (-2, 1, 1, sha256('y'))",
    );
    expect(await log.ids()).toHaveLength(6);
    expect(await statusOf("orders")).toBe("fresh");
    await sealRun(log.database, log.signer, of("failed-again", "orders", "fail"));
    expect(await statusOf("orders")).toBe("failed");
  });

  test("where the nodes are gone they are made again from the statements; where both are damaged nothing is proven or signed", async () => {
    for (const run of ["a", "b", "c"]) await log.append(run);
    await log.withoutTriggers("delete from evidence_node where level > 0");
    await log.append("d");
    expect(await log.problems()).toEqual([]);
    await log.exported("d");
    expect(broken(await log.verified())).toEqual([]);
    await log.withoutTriggers("delete from evidence_node", "delete from evidence where id = 'a.verdict'");
    await expect(log.append("e")).rejects.toMatchObject({ code: "evidence-log-damaged" });
    expect(await log.problems()).toContainEqual(
      expect.stringMatching(/neither the statements nor the stored hashes lead to the head/),
    );
    expect(await statusOf("orders")).toBe("unknown");
    await expect(log.exported("d")).rejects.toMatchObject({ code: "evidence-log-damaged" });
  });
});

describe("a log that was seen before", () => {
  const cut = (size: number) =>
    log.withoutTriggers(
      `delete from evidence where log_index >= ${size}`,
      `delete from evidence_checkpoint where size > ${size}`,
      `delete from evidence_node where index >= ${size} >> level`,
    );

  test("cut off, it is signed no further, and proves nothing", async () => {
    await log.append("kept");
    await sealRun(log.database, log.signer, of("failed", "orders", "fail"));
    await cut(2);
    await expect(log.append("next")).rejects.toMatchObject({
      code: "evidence-log-rewritten",
      message: expect.stringContaining("had 4 statements") as string,
    });
    await expect(requireSigner(log.database, log.signer)).rejects.toMatchObject({ code: "evidence-log-rewritten" });
    expect(await statusOf("orders")).toBe("unknown");
    await expect(log.exported("kept")).rejects.toMatchObject({ code: "evidence-log-damaged" });
  });

  test("cut off and grown again by who holds the key elsewhere, it is refused where it was seen", async () => {
    await log.append("kept");
    await sealRun(log.database, log.signer, of("failed", "orders", "fail"));
    await cut(2);
    const elsewhere = { ...log.signer, memory: undefined };
    for (const run of ["other-1", "other-2"]) await sealRun(log.database, elsewhere, concluded(run));
    await expect(log.append("next")).rejects.toMatchObject({
      message: expect.stringContaining("its first 4 statements are not those") as string,
    });
    expect(await log.problems()).toContainEqual(expect.stringMatching(/is not the one this machine has seen before/));
  });

  test("emptied, it is not begun again; and a reader remembers what it has seen too", async () => {
    const reader: Signer = { ...log.signer, memory: new LogMemory(join(log.folder, "of-a-reader.json")) };
    await log.append("gone");
    await readLog(log.database, reader);
    await cut(0);
    await expect(log.append("again")).rejects.toMatchObject({ code: "evidence-log-rewritten" });
    expect((await readLog(log.database, reader)).problems).toHaveLength(1);
  });

  test("what is remembered cannot be read, or not be written: nothing is signed", async () => {
    writeFileSync(join(log.folder, "known-logs.json"), "{");
    await expect(log.append("unremembered")).rejects.toMatchObject({ code: "evidence-memory-unusable" });
    writeFileSync(join(log.folder, "a-file"), "");
    log.signer = { ...log.signer, memory: new LogMemory(join(log.folder, "a-file", "known-logs.json")) };
    await expect(log.append("unwritable")).rejects.toMatchObject({ code: "evidence-memory-unusable" });
    expect(await latestCheckpoint(log.database)).toBeUndefined();
  });
});

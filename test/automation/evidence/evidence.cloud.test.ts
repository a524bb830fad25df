import { builtIn } from "../../../components/standards/built-in";
import type { Standard } from "../../../components/standards/standard";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { STATEMENT_TYPE } from "../../../automation/evidence/envelope";
import { exportPopulation } from "../../../automation/evidence/export";
import { appendStatement, changeKey, requireSigner, type Signer } from "../../../automation/evidence/ledger";
import { latestCheckpoint } from "../../../automation/evidence/log-head";
import { LogMemory } from "../../../automation/evidence/log-memory";
import { readLog } from "../../../automation/evidence/reading";
import { recoverabilities } from "../../../automation/observability/recoverability";
import { recordFleet, sealPopulationOf } from "../../../automation/population";
import type { FleetAnswer } from "../../../automation/fleet-records";
import type { Concluded, Conclusion } from "../../../automation/records";
import { signedDrills } from "../../../automation/recovery-status";
import { registerThrowaway } from "../../../automation/runner/throwaways";
import { broken, LogUnderTest, newKey, now } from "./log-under-test";
import { verdictOf } from "./exported-folder";
import { concluded, databaseCalled, planOf, sealRun } from "./sealed-runs";

const log = new LogUnderTest();

const statusOf = async (identifier: string, resourceId?: string) => {
  const read = await readLog(log.database, log.signer);
  const databases = [
    {
      ...databaseCalled(identifier, resourceId),
      restorableFrom: new Date(0),
      backupRetentionDays: 7,
      size: { instanceClass: "db.m7g.large", storageGib: 100, storageType: "gp3" },
      tags: {},
    },
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
  test("a statement that is appended twice is in the log once, as first appended", async () => {
    await log.append("twice");
    const before = await latestCheckpoint(log.database);
    await log.append("twice");
    expect(await latestCheckpoint(log.database)).toEqual(before);
    expect(await log.ids()).toEqual(["twice.verdict", "twice.teardown"]);
  });

  test("statements appended concurrently each get their own position", async () => {
    await Promise.all(Array.from({ length: 8 }, (_, i) => log.append(`at-once-${i}`, "verdict")));
    const { entries, problems: found } = await readLog(log.database, log.signer);
    expect(entries.map((e) => e.position)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(found).toEqual([]);
  });

  test("a statement appended while the log is read is no problem of the reading, and stays remembered", async () => {
    await log.append("read", "verdict");
    const appendingMeanwhile: typeof log.database.transaction = (work) =>
      log.database.transaction(async (t, connection) => {
        await t.query("set transaction isolation level repeatable read, read only");
        await t.query("select"); // takes the snapshot
        await log.append("meanwhile", "verdict");
        return work(t, connection);
      });
    const database = { ...log.database, transaction: appendingMeanwhile };
    const { entries, problems: found } = await readLog(database, log.signer);
    expect({ read: entries.length, found }).toEqual({ read: 1, found: [] });
    expect(log.signer.memory?.of(log.signer.origin)?.checkpoint).toBe((await latestCheckpoint(log.database))?.note);
  });

  test("appended rows cannot be changed, deleted or truncated, not even by their owner", async () => {
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

describe("forged or altered rows", () => {
  const forge = (position: number, envelope: string, id = `forged-${position}`) =>
    log.database.query(
      `insert into evidence (log_index, id, kind, predicate_type, subject_name, subject_digest, target, verdict, issued_at, expires_on, envelope)
       values ($1, $2, 'verdict', 'urn:shipshape:evidence:restore-drill:verdict:v2', 's', 'd', 'payments', 'pass', now(), '2035-01-01', $3)`,
      [position, id, envelope],
    );
  const unsigned = JSON.stringify({
    payloadType: "application/vnd.in-toto+json",
    payload: Buffer.from("{}").toString("base64"),
    signatures: [],
  });

  test("an unsigned row proves nothing, is reported, and takes no position from later statements", async () => {
    await log.append("before");
    for (const position of [2, 3, 7, -1]) await forge(position, unsigned);
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

  test("a row that claims a run before it has ended does not block its statement", async () => {
    await log.append("first");
    await log.database.query(
      `insert into evidence (log_index, id, request_id, kind, predicate_type, subject_name, subject_digest, target, verdict, issued_at, expires_on, envelope)
       select 2, 'first.x', request_id, 'verdict', predicate_type, subject_name, subject_digest, target, verdict, issued_at, expires_on, envelope from evidence where log_index = 0`,
    );
    await log.append("second");
    expect(await log.ids()).toEqual(["first.verdict", "first.teardown", "second.verdict", "second.teardown"]);
  });

  test("altered columns do not change what is known about a database, and are reported", async () => {
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

  test("after a statement was altered or deleted, everything proven before it is unknown, whatever its columns say", async () => {
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
    await log.append("continues");
    expect(await log.ids()).toContain("continues.verdict");

    await log.withoutTriggers("delete from evidence where id = 'failed.verdict'");
    expect([await statusOf("orders"), await statusOf("ledger")]).toEqual(["fresh", "fresh"]); // proven again since
    await log.withoutTriggers("delete from evidence where id = 'continues.teardown'");
    expect([await statusOf("orders"), await statusOf("ledger")]).toEqual(["unknown", "unknown"]);
  });

  test("a signed statement in an unknown format may be the newest verdict, so everything proven before it is unknown", async () => {
    await log.append("passed");
    expect(await statusOf("orders")).toBe("fresh");
    const later = verdictOf("later", { verdict: "fail" });
    const statement = { ...later, predicateType: later.predicateType.replace(":v2", ":v3") };
    await sealRun(log.database, log.signer, concluded("later"), []);
    await appendStatement(log.database, log.signer, statement);
    expect(await log.problems()).toEqual([expect.stringMatching(/^the statement at position 2 has an unknown format/)]);
    expect(await statusOf("orders")).toBe("unknown");
    await log.append("passed-again");
    expect(await statusOf("orders")).toBe("fresh");
  });

  test("a change of keys that a column hides is still followed, and so are statements signed by the new key", async () => {
    await log.append("passed");
    const next = newKey();
    await changeKey(log.database, log.signer, next, "a test");
    await sealRun(log.database, { ...log.signer, ...next }, of("failed", "orders", "fail"));
    await log.withoutTriggers("update evidence set kind = 'verdict' where kind = 'key-change'");
    // As on a machine that has never seen this log.
    log.signer = { ...log.signer, memory: undefined };
    expect(await statusOf("orders")).toBe("failed");
  });

  test("an older signed head inserted again after the newest does not revoke later statements", async () => {
    await log.append("passed");
    await sealRun(log.database, log.signer, of("failed", "orders", "fail"));
    log.signer = { ...log.signer, memory: undefined }; // as on a machine that has never seen this log
    await log.database.query(
      "insert into evidence_checkpoint (size, note) select 999, note from evidence_checkpoint where size = 2",
    );
    expect(await statusOf("orders")).toBe("failed");
    await log.append("passed-again");
    expect(await log.ids()).toHaveLength(6);
    expect(await statusOf("orders")).toBe("fresh");
  });

  test("a log whose newest heads were removed, but not its statements, is known to be truncated on any machine", async () => {
    await log.append("passed");
    await sealRun(log.database, log.signer, of("failed", "orders", "fail"));
    log.signer = { ...log.signer, memory: undefined };
    await log.withoutTriggers("delete from evidence_checkpoint where size > 2");
    expect(await log.problems()).toContainEqual("it contains statements that no signed head covers: it was truncated");
    expect(await statusOf("orders")).toBe("unknown");
  });

  test("a genuine statement inserted again, at another position or before itself, blocks none and hides none", async () => {
    await log.append("passed");
    await sealRun(log.database, log.signer, of("failed", "orders", "fail"));
    await log.append("passed-again");
    const columns =
      "id, request_id, kind, predicate_type, subject_name, subject_digest, target, verdict, issued_at, expires_on, envelope";
    for (const [position, id] of [
      [2, "passed-again.verdict"],
      [0, "failed.verdict"],
      [999, "passed.verdict"],
    ] as const)
      await log.database.query(
        `insert into evidence (row_id, log_index, ${columns}) overriding system value select $1, $2, ${columns} from evidence where id = $3 limit 1`,
        [position + 1, position, id],
      );
    await log.database.query(
      "insert into evidence_node (row_id, level, index, hash) overriding system value values (-1, 0, 2, sha256('x')), (-2, 1, 1, sha256('y'))",
    );
    expect(await log.ids()).toHaveLength(6);
    expect(await statusOf("orders")).toBe("fresh");
    await sealRun(log.database, log.signer, of("failed-again", "orders", "fail"));
    expect(await statusOf("orders")).toBe("failed");
  });

  test("missing nodes are recomputed from the statements; if both are damaged nothing is proven or signed", async () => {
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

describe("a known log", () => {
  const truncate = (size: number) =>
    log.withoutTriggers(
      `delete from evidence where log_index >= ${size}`,
      `delete from evidence_checkpoint where size > ${size}`,
      `delete from evidence_node where index >= ${size} >> level`,
    );

  test("that was truncated is not continued, and proves nothing", async () => {
    await log.append("kept");
    await sealRun(log.database, log.signer, of("failed", "orders", "fail"));
    await truncate(2);
    await expect(log.append("next")).rejects.toMatchObject({
      code: "evidence-log-rewritten",
      message: expect.stringContaining("had 4 statements") as string,
    });
    await expect(requireSigner(log.database, log.signer)).rejects.toMatchObject({ code: "evidence-log-rewritten" });
    expect(await statusOf("orders")).toBe("unknown");
    await expect(log.exported("kept")).rejects.toMatchObject({ code: "evidence-log-damaged" });
  });

  test("that was truncated and continued elsewhere with its key is refused by machines that have seen it", async () => {
    await log.append("kept");
    await sealRun(log.database, log.signer, of("failed", "orders", "fail"));
    await truncate(2);
    const elsewhere = { ...log.signer, memory: undefined };
    for (const run of ["other-1", "other-2"]) await sealRun(log.database, elsewhere, concluded(run));
    await expect(log.append("next")).rejects.toMatchObject({
      message: expect.stringContaining("its first 4 statements are not those") as string,
    });
    expect(await log.problems()).toContainEqual(expect.stringMatching(/is not the one this machine has seen before/));
  });

  test("that was emptied is not restarted; and readers remember what they have seen too", async () => {
    const reader: Signer = { ...log.signer, memory: new LogMemory(join(log.folder, "of-a-reader.json")) };
    await log.append("gone");
    await readLog(log.database, reader);
    await truncate(0);
    await expect(log.append("again")).rejects.toMatchObject({ code: "evidence-log-rewritten" });
    expect((await readLog(log.database, reader)).problems).toHaveLength(1);
  });

  test("whose memory cannot be read or written is not signed", async () => {
    writeFileSync(join(log.folder, "known-logs.json"), "{");
    await expect(log.append("unremembered")).rejects.toMatchObject({ code: "evidence-memory-unusable" });
    writeFileSync(join(log.folder, "a-file"), "");
    log.signer = { ...log.signer, memory: new LogMemory(join(log.folder, "a-file", "known-logs.json")) };
    await expect(log.append("unwritable")).rejects.toMatchObject({ code: "evidence-memory-unusable" });
    expect(await latestCheckpoint(log.database)).toBeUndefined();
  });
});

describe("what the cloud has", () => {
  const at = (day: number, hour = 0) => new Date(Date.UTC(2026, 0, day, hour));
  const fleet = (...names: string[]): FleetAnswer => ({
    asked: true,
    clouds: [{ account: "123456789012", region: "eu-central-1", address: "" }],
    databases: names.map((name) => ({
      ...databaseCalled(name),
      restorableFrom: null,
      backupRetentionDays: 7,
      size: { instanceClass: "db.m7g.large", storageGib: 100, storageType: "gp3" },
      tags: { tier: "silver", environment: "production", "shipshape:run": "drilling" },
    })),
  });
  const seen = async (day: number, answer: FleetAnswer, hour = 0, standard: Standard = builtIn) =>
    recordFleet(log.database, standard, log.signer, await readLog(log.database, log.signer), answer, at(day, hour));
  const sightings = async () =>
    (await readLog(log.database, log.signer)).entries.map(
      (e) => e.sighting?.databases?.map((d) => d.identifier) ?? null,
    );

  test("is sealed once a day and when it changes; a list that is known already is not repeated", async () => {
    expect(await seen(1, fleet("orders", "ledger"))).toBe(true);
    expect(await seen(1, fleet("ledger", "orders"), 23)).toBe(false);
    expect(await seen(2, fleet("orders", "ledger"))).toBe(true);
    expect(await seen(2, fleet("orders"), 1)).toBe(true);
    expect(await seen(2, fleet(), 2)).toBe(true);
    expect(await seen(2, fleet("orders", "ledger"), 3)).toBe(true);
    expect(await seen(3, { asked: false, reason: "no answer" })).toBe(false);
    expect(await sightings()).toEqual([["ledger", "orders"], null, ["orders"], [], null]);
    // Another standard is new, too, whatever it changes.
    const wording = { ...builtIn, version: "1.1.1", digest: "f".repeat(64) };
    expect(await seen(2, fleet("orders", "ledger"), 4, wording)).toBe(true);
    expect(await seen(2, fleet("orders", "ledger"), 5, wording)).toBe(false);
    expect(await log.problems()).toEqual([]);
  });

  test("does not contain throwaways; and a deleted database stays in the population of its days", async () => {
    await sealRun(log.database, log.signer, concluded("drilling"), []);
    await log.database.query("delete from throwaway");
    const expiresAt = at(9).toISOString();
    await registerThrowaway(log.database, "drilling", { identifier: "drill-1", stack: "s", expiresAt });
    await seen(1, fleet("orders", "ledger", "drill-1"));
    await seen(40, fleet("orders"));
    expect(await sightings()).toEqual([["ledger", "orders"], ["orders"]]);
    const period = { from: at(1).toISOString(), until: at(41).toISOString() };
    const asked = { period, requestedBy: "an auditor", toolVersions: {}, unread: [] };
    const read = await readLog(log.database, log.signer);
    const sealed = await sealPopulationOf(log.database, log.signer, read, asked, now);
    expect(sealed.content.databases.map((d) => [d.identifier, d.tier, d.goneBy])).toEqual([
      ["ledger", "silver", at(40).toISOString()],
      ["orders", "silver", null],
    ]);
    const { name, version, digest } = builtIn;
    expect(sealed.content.standards).toEqual([{ name, version, digest }]);
    expect(sealed.content.restsOn).toMatchObject({ origin: log.signer.origin, treeSize: 2 });
    await exportPopulation(log.database, log.signer, sealed, log.out());
    expect(broken(await log.verified())).toEqual([]);
    expect(await log.problems()).toEqual([]);
  });

  test("as a sighting that contradicts itself is reported, and everything proven before it is unknown", async () => {
    await log.append("passed");
    const databases = [
      { identifier: "x", resourceId: "db-X", tier: "gold", environment: "production", drillEveryDays: 30 },
    ];
    const predicate = { account: "1", region: "r", digest: "0".repeat(64), databases, issuedAt: at(1).toISOString(), expiresOn: null }; // prettier-ignore
    await appendStatement(log.database, log.signer, {
      _type: STATEMENT_TYPE,
      subject: [{ name: `urn:shipshape:fleet:1:r:${predicate.issuedAt}`, digest: { sha256: "0".repeat(64) } }],
      predicateType: "urn:shipshape:evidence:fleet:v1",
      predicate,
    });
    expect(await log.problems()).toEqual([expect.stringMatching(/unknown format: its digest is not that of its list/)]);
    expect(await statusOf("orders")).toBe("unknown");
  });
});

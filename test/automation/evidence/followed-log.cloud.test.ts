import { join } from "node:path";
import type { Database } from "../../../automation/database";
import { sealStatement } from "../../../automation/evidence/envelope";
import { FollowedLog } from "../../../automation/evidence/followed-log";
import { appendStatement, changeKey } from "../../../automation/evidence/ledger";
import { LogMemory } from "../../../automation/evidence/log-memory";
import { readLog, type LogContent } from "../../../automation/evidence/reading";
import { copyStanding } from "../../../automation/copy-standing";
import { recoveryEvidence } from "../../../automation/recovery-status";
import { verdictOf } from "./exported-folder";
import { LogUnderTest, newKey, now } from "./log-under-test";
import { concluded, databaseCalled, planOf, requestOf, sealRun } from "./sealed-runs";

const log = new LogUnderTest();
const orders = databaseCalled("orders");
const drill = (run: string, identifier = "orders", verdict: "pass" | "fail" = "pass") =>
  sealRun(log.database, log.signer, concluded(run, verdict, { plan: planOf(identifier) }));

/** A worker, which has followed the log so far, on the machine of the signer or on another. */
const follow = (memory = log.signer.memory) => new FollowedLog(counting, { ...log.signer, memory });
const elsewhere = () => new LogMemory(join(log.folder, "elsewhere.json"));
/** Counts the statements that are read. */
let read = 0;
const counted = (database: Database): Database => ({
  ...database,
  query: async (...given) => {
    const rows = await database.query(...given);
    read += rows.filter((row) => typeof row === "object" && row !== null && "envelope" in row).length;
    return rows as never;
  },
});
const counting = {
  transaction: (work: (t: Database) => Promise<unknown>) => log.database.transaction((t) => work(counted(t))),
} as unknown as Database;
beforeEach(() => (read = 0));

const recoverability = (content: LogContent, identifier = "orders") =>
  recoveryEvidence(
    content,
    {
      ...databaseCalled(identifier),
      restorableFrom: new Date(0),
      backupRetentionDays: 7,
      size: { instanceClass: "db.m7g.large", storageGib: 100, storageType: "gp3" },
      tags: {},
    },
    now,
  ).recoverability;
const known = async (worker: FollowedLog, identifier = "orders") =>
  recoverability(await worker.about("restore-drill", databaseCalled(identifier)), identifier);
const ids = (content: LogContent) => content.entries.map((e) => e.run?.id);

test("a worker reads the whole log once; then what was appended since, and what is about the database", async () => {
  for (let i = 0; i < 6; i++) await drill(`of-ledger-${i}`, "ledger");
  await drill("of-orders");
  const worker = follow();
  expect(ids(await worker.about("restore-drill", orders))).toEqual(["of-orders.verdict", "of-orders.teardown"]);
  expect(read).toBe(14 + 2);
  read = 0;
  await drill("failed", "orders", "fail");
  await drill("more", "ledger");
  const content = await worker.about("restore-drill", orders);
  expect(ids(content)).toEqual(["of-orders.verdict", "of-orders.teardown", "failed.verdict", "failed.teardown"]);
  expect(read).toBe(4 + 4);
  const all = await readLog(log.database, log.signer);
  expect(content.entries).toEqual(all.entries.filter((e) => e.run?.predicate.target === "orders"));
  expect([content.problems, content.head]).toEqual([[], all.head]);
  read = 0;
  expect(await known(worker, "unknown")).toBe("never");
  expect(await worker.about("backup-audit", orders)).toMatchObject({ entries: [], problems: [] });
  expect(read).toBe(0);
});

test("all runs of an operation are read without those of others, and what is lost is a problem of theirs, too", async () => {
  await drill("of-orders");
  await drill("of-ledger", "ledger");
  const audit = { ...requestOf("audited"), operation: "backup-audit" };
  await sealRun(log.database, log.signer, concluded("audited", "pass", { request: audit }));
  const worker = follow();
  await worker.of([]);
  read = 0;
  expect(ids(await worker.of(["backup-audit"]))).toEqual(["audited.verdict", "audited.teardown"]);
  expect(read).toBe(2);
  const both = await worker.of(["restore-drill", "backup-audit"]);
  const { entries: all, problems: none } = await readLog(log.database, log.signer);
  expect([both.entries, both.problems]).toEqual([all, none]);
  await log.withoutTriggers("delete from evidence where request_id = 'of-ledger'");
  const { entries, problems } = await worker.of(["restore-drill"]);
  expect(entries.map((e) => e.run?.predicate.target)).not.toContain("ledger");
  expect(problems.map(({ what }) => what).join()).toContain("missing or altered");
});

test("at the same time as others, each gets what is about its database", async () => {
  await Promise.all([drill("one"), drill("two", "ledger")]);
  const worker = follow();
  const both = await Promise.all([known(worker), known(worker, "ledger"), drill("three", "ledger"), known(worker)]);
  expect(both.filter(Boolean)).toEqual(["fresh", "fresh", "fresh"]);
});

test("an empty log says nothing, and what it gets is followed", async () => {
  const worker = follow();
  expect(await known(worker)).toBe("never");
  await drill("first");
  expect(await known(worker)).toBe("fresh");
});

test("a run that ended before it found its database, and a database that had its name, are among what is about it", async () => {
  await sealRun(log.database, log.signer, concluded("early", "inconclusive", { plan: undefined, decision: undefined }));
  await sealRun(log.database, log.signer, concluded("before", "pass", { plan: planOf("orders", "db-BEFORE") }));
  expect(ids(await follow().about("restore-drill", orders))).toEqual([
    "early.verdict",
    "before.verdict",
    "before.teardown",
  ]);
});

test("changes of keys are followed, whatever a column says", async () => {
  await drill("passed");
  const worker = follow();
  expect(await known(worker)).toBe("fresh");
  const next = newKey();
  await changeKey(log.database, log.signer, next, "a test");
  await sealRun(log.database, { ...log.signer, ...next }, concluded("failed", "fail"));
  await log.withoutTriggers("update evidence set kind = 'verdict' where kind = 'key-change'");
  expect(await known(worker)).toBe("failed");
  expect(await known(follow(elsewhere()))).toBe("failed");
});

test("after a statement in an unknown format, what was proven before it is unknown", async () => {
  await drill("passed");
  const worker = follow();
  expect(await known(worker)).toBe("fresh");
  const later = verdictOf("later", { verdict: "fail" });
  await appendStatement(log.database, log.signer, {
    ...later,
    predicateType: later.predicateType.replace(":v2", ":v3"),
  });
  expect(await known(worker)).toBe("unknown");
  await drill("passed-again");
  expect(await known(worker)).toBe("fresh");
});

/** Someone who can write to the tables, but not sign, tries to hide that the newest drill of orders failed. */
describe("a failed verdict is not hidden by", () => {
  const failed = "where id = 'failed.verdict'";
  const tricks: [string, string, expected: string][] = [
    [
      "other columns",
      `update evidence set target = 'ledger', request_id = 'x', verdict = 'pass', kind = 'fleet', id = 'y' ${failed}`,
      "failed",
    ],
    ["another position", `update evidence set log_index = 0 ${failed}`, "unknown"],
    ["a position after all others", `update evidence set log_index = 99 ${failed}`, "unknown"],
    ["its removal", `delete from evidence ${failed}`, "unknown"],
    ["an altered envelope", `update evidence set envelope = replace(envelope, 'payload', 'payloaD') ${failed}`, "unknown"],
    [
      "an earlier verdict in its place",
      `update evidence set envelope = (select envelope from evidence where id = 'passed.verdict') ${failed}`,
      "unknown",
    ],
  ]; // prettier-ignore

  beforeEach(async () => {
    await drill("passed");
    await drill("of-ledger", "ledger");
  });

  test("a forged statement about another database in its place", async () => {
    const worker = follow(elsewhere());
    expect(await known(worker)).toBe("fresh");
    await drill("failed", "orders", "fail");
    const forged = verdictOf("forged", { target: "mother", database: databaseCalled("mother") });
    await log.withoutTriggers(`update evidence set envelope = '${await sealStatement(forged, newKey())}' ${failed}`);
    expect(await known(worker)).toBe("unknown");
  });

  test.each(tricks)("%s", async (_, sql, expected) => {
    const [before, after] = [follow(), follow(elsewhere())];
    expect(await known(before)).toBe("fresh");
    await drill("failed", "orders", "fail");
    expect(await known(after)).toBe("failed");
    await log.withoutTriggers(sql);
    // One followed the log to before the failure, one to after it, and one never.
    expect(await known(before)).toBe(expected);
    expect(await known(after)).toBe(expected);
    expect(await known(follow(elsewhere()))).toBe(expected);
    expect(recoverability(await readLog(log.database, { ...log.signer, memory: undefined }))).toBe(expected);
    // Nor is anything learnt from that which would hide the next one.
    await drill("again", "orders", "fail");
    for (const worker of [before, after]) expect(await known(worker)).toMatch(/^(failed|unknown)$/);
  });

  test("a log that is cut off before it: this machine has seen more, and so has another worker", async () => {
    const other = follow(elsewhere());
    await drill("failed", "orders", "fail");
    expect(await known(other)).toBe("failed");
    const fresh = follow();
    await log.withoutTriggers(
      "delete from evidence where log_index >= 4",
      "delete from evidence_checkpoint where size > 4",
      "delete from evidence_node where index >= 4 >> level",
    );
    expect(await known(fresh)).toBe("unknown");
    expect(await known(other)).toBe("unknown");
  });

  test("heads that are cut off, but not what they covered", async () => {
    const worker = follow(elsewhere());
    expect(await known(worker)).toBe("fresh");
    await drill("failed", "orders", "fail");
    await log.withoutTriggers("delete from evidence_checkpoint where size > 4");
    expect(await known(worker)).toBe("unknown");
  });
});

test("what becomes of other databases' statements is no reason to doubt one that was followed", async () => {
  await drill("passed");
  await drill("of-ledger", "ledger");
  const worker = follow();
  expect(await known(worker)).toBe("fresh");
  await log.withoutTriggers("delete from evidence where id = 'of-ledger.verdict'");
  expect([await known(worker), await known(worker, "ledger")]).toEqual(["fresh", "unknown"]);
  // Who never read it cannot know which database it was about.
  expect(await known(follow(elsewhere()))).toBe("unknown");
});

test("a statement that was sealed twice counts once, as for readers of the whole log", async () => {
  await drill("passed");
  const worker = follow();
  expect(await known(worker)).toBe("fresh");
  await drill("failed", "orders", "fail");
  await log.withoutTriggers("update evidence set request_id = 'hidden' where request_id = 'passed'");
  await drill("passed");
  expect(await known(worker)).toBe(recoverability(await readLog(log.database, { ...log.signer, memory: undefined })));
  expect(await known(worker)).not.toBe("fresh");
});

test("a masked copy is proven by the signed statement of its refresh alone, not by a column", async () => {
  const [source, copy] = [databaseCalled("orders-production"), databaseCalled("orders-staging")];
  const { identifier, resourceId, arn } = copy;
  const sealRefresh = (id: string, verdict: "pass" | "fail") => {
    const request = requestOf(id, { operation: "environment-refresh" });
    const masked = { profileDigest: "9".repeat(64), schemaDigest: "5".repeat(64) };
    const to = { account: source.account, environment: "staging" };
    const plan = {
      ...planOf("orders-production"),
      profile: { name: "orders", digest: masked.profileDigest, columnsMasked: 4 },
      copies: { source: { database: source, tags: {} }, to, masked },
      copy: { existing: null, expiresOn: "2027-03-24", arguments: {} },
    };
    const outcome = {
      target: { identifier, resourceId, arn },
      copied: {},
      handedOver: {},
      recoveryPoint: "2027-03-10T00:00:00.000Z",
    };
    const conclusion = { status: "succeeded" as const, outcome, verdict: { verdict, checks: [] } };
    return sealRun(log.database, log.signer, concluded(id, verdict, { request, plan, conclusion }));
  };
  const standing = async () => {
    const { standing: word } = copyStanding(await readLog(log.database, log.signer), copy, new Date("2027-03-20"));
    return word;
  };
  expect(await standing()).toBe("none");
  await sealRefresh("refreshed", "pass");
  expect(await standing()).toBe("proven");
  await log.withoutTriggers(
    "update evidence set verdict = 'fail', expires_on = '2020-01-01' where request_id = 'refreshed'",
  );
  expect(await standing()).toBe("proven");
  await sealRefresh("leaked", "fail");
  expect(await standing()).toBe("withdrawn");
  await log.withoutTriggers("update evidence set verdict = 'pass' where request_id = 'leaked'");
  expect(await standing()).toBe("withdrawn");
  await log.withoutTriggers("delete from evidence where request_id = 'leaked' and kind = 'verdict'");
  expect(await standing()).toBe("unknown");
});

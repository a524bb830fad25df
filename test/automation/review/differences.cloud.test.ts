// One finding for each difference, on a real PostgreSQL: what runs say of it in every order, and what people answer.
import type { ControlPlaneDatabase } from "../../../automation/database";
import type { Compared, Comparison, FoundDifference } from "../../../automation/difference-records";
import { targetDatabase, type TargetDatabase } from "../../../automation/fleet-records";
import type { Conclusion } from "../../../automation/records";
import { readRequest } from "../../../automation/request/requests";
import { answerFinding } from "../../../automation/review/findings";
import {
  differenceTrend,
  eventsOf,
  eventsOfRun,
  latestLooks,
  openDifferences,
} from "../../../automation/review/open-differences";
import { concludeFindings } from "../../../automation/run-findings";
import type { AnyOperation } from "../../../automation/runner/operation";
import { endRun, queueRun, readRun, setPlan } from "../../../automation/runner/runs";
import { haveControlPlaneDatabase } from "../control-plane-database";

let database: ControlPlaneDatabase;
haveControlPlaneDatabase((made) => void ({ database } = made));

const multiAz: FoundDifference = {
  ...{ key: "multiAz", source: "resources", place: "instance orders", name: "orders.multiAz", property: "multiAz" },
  ...{ desired: "true", actual: "false", class: "drift", reason: "it was changed outside", severity: "medium" },
  ...{ breaks: [], controls: [], changedBy: null, waivedBy: null, owner: "team-orders", stack: null },
  remedy: "put it back",
};
const open: FoundDifference = {
  ...{ ...multiAz, key: "publiclyAccessible", name: "orders.publiclyAccessible", property: "publiclyAccessible" },
  ...{ desired: "false", actual: "true", severity: "critical" },
};

let count = 0;
const nameOfRun = (word = "run") => `${word}-${++count}`;
/** Every test has a database of its own. */
const freshDatabase = () => `orders-${++count}`;

/** A run of a detection that began; of a name without a database, it has no plan. */
async function begun(target: string, { found = true, id = nameOfRun() } = {}): Promise<string> {
  await database.query(
    "insert into request (id, operation, input, requested_by, reason) values ($1, 'drift-detection', $2, 'ana', 'a test')",
    [id, JSON.stringify({ database: target })],
  );
  await queueRun(database, id);
  const arn = `arn:aws:rds:eu-central-1:123456789012:db:${target}`;
  const identity = targetDatabase({ identifier: target, resourceId: `db-${target}`, arn });
  const plan = { target, database: identity, tags: {}, evidenceValidDays: 1 };
  if (found) await setPlan(database, id, 1, plan, "running");
  await database.query("update run set started_at = clock_timestamp() where request_id = $1", [id]);
  return id;
}

/** What the end of the run records. `given`: the differences that it found, or how it ended otherwise. */
async function ends(id: string, given: FoundDifference[] | Partial<Compared> | Error, onlyHalf = false): Promise<void> {
  const compared = { differences: [], sources: ["run", "stack", "resources"], unread: [] };
  const found = Array.isArray(given) ? { differences: given } : given;
  const operation = {
    effect: "reads",
    compared: ({ database }: { database: TargetDatabase }): Comparison => {
      const one = { ...{ database, owner: "team-orders" }, ...compared, ...found };
      return { databases: [one], isTold: one.differences.length > 0 };
    },
  } as unknown as AnyOperation;
  const conclusion: Conclusion =
    given instanceof Error
      ? { status: "failed", error: given, verdict: { verdict: "inconclusive", checks: [] } }
      : {
          status: "succeeded",
          outcome: {},
          verdict: { verdict: Array.isArray(given) && given.length === 0 ? "pass" : "fail", checks: [] },
        };
  await database.transaction(async (t) => {
    if (!(await endRun(t, id, { ...conclusion, verdict: conclusion.verdict.verdict }))) return;
    const [request, run] = [await readRequest(t, id), await readRun(t, id)];
    await concludeFindings(t, { operation, request, run }, conclusion);
    if (onlyHalf) throw new Error("the worker was killed");
  });
}
const detected = async (target: string, given: Parameters<typeof ends>[1]): Promise<string> => {
  const id = await begun(target);
  await ends(id, given);
  return id;
};

/** The end of a look at the whole fleet, which has these databases. */
async function endSweep(id: string, present: object[]): Promise<void> {
  const operation = { compared: () => ({ databases: [], isTold: true, present }) } as unknown as AnyOperation;
  const verdict = { verdict: "pass" as const, checks: [] };
  await database.transaction(async (t) => {
    await endRun(t, id, { status: "succeeded", verdict: "pass" });
    const [request, run] = [await readRequest(t, id), await readRun(t, id)];
    await concludeFindings(t, { operation, request, run }, { status: "succeeded", outcome: {}, verdict });
  });
}

const openIn = async (target: string) =>
  (await openDifferences(database, 100, { database: target })).map(({ difference: d }) => `${d.name} ${d.actual}`);
const onlyOpen = async (target: string) => (await openDifferences(database, 100, { database: target }))[0]!;
const answer = (findingId: string, status: "accepted" | "rejected" | "follow-up", followUpRequestId?: string) =>
  answerFinding(database, { findingId, status, reviewer: "ana", comment: "seen", followUpRequestId });
const told = async (target: string) =>
  (
    await database.query<{ kind: string }>(
      "select alert ->> 'kind' as kind from notification where alert ->> 'database' = $1 order by id",
      [target],
    )
  ).map(({ kind }) => kind);

test("a difference seen again is the same finding: since when stays, the last look moves", async () => {
  const target = freshDatabase();
  const first = await detected(target, [multiAz]);
  const before = await onlyOpen(target);
  const second = await detected(target, [multiAz]);
  const after = await onlyOpen(target);
  expect(after).toMatchObject({
    id: before.id,
    firstSeen: before.firstSeen,
    openedBy: first,
    seenBy: second,
    opened: 1,
  });
  expect(after.lastSeen.getTime()).toBeGreaterThan(before.lastSeen.getTime());
});

test("another value is recorded, with the request that saw it", async () => {
  const target = freshDatabase();
  const first = await detected(target, [multiAz]);
  const second = await detected(target, [{ ...multiAz, actual: "nothing" }]);
  const { id, difference } = await onlyOpen(target);
  expect(difference.actual).toBe("nothing");
  expect(await eventsOf(database, id)).toMatchObject([
    { what: "opened", requestId: first, actual: "false" },
    { what: "changed", requestId: second, actual: "nothing" },
  ]);
});

test("one that is gone closes, with the request that showed it; one that was not read stays open", async () => {
  const target = freshDatabase();
  await detected(target, [multiAz]);
  const { id } = await onlyOpen(target);
  await detected(target, { sources: ["run", "stack"] });
  await detected(target, { unread: ["instance orders"] });
  expect(await openIn(target)).toEqual(["orders.multiAz false"]);
  const showed = await detected(target, []);
  expect(await openIn(target)).toEqual([]);
  expect((await eventsOf(database, id)).at(-1)).toMatchObject({ what: "closed", requestId: showed });
});

test("a run says what it has opened, changed and closed, the worst first, and nothing of what others did", async () => {
  const target = freshDatabase();
  const said = async (id: string) =>
    (await eventsOfRun(database, id, 100)).map(({ what, difference: { name } }) => `${what} ${name}`);
  const first = await detected(target, [multiAz, open]);
  const second = await detected(target, [{ ...multiAz, actual: "unknown" }]);
  await answer((await onlyOpen(target)).id, "accepted");
  expect(await said(first)).toEqual(["opened orders.publiclyAccessible", "opened orders.multiAz"]);
  expect(await said(second)).toEqual(["closed orders.publiclyAccessible", "changed orders.multiAz"]);
  expect(await eventsOfRun(database, first, 1)).toHaveLength(1);
});

test("an older run that ends later than a newer one opens, changes and closes nothing", async () => {
  const target = freshDatabase();
  const older = await begun(target);
  const oldest = await begun(target, { id: nameOfRun("oldest") });
  await detected(target, [open]);
  await ends(older, [multiAz, { ...open, actual: "perhaps" }]);
  expect(await openIn(target)).toEqual(["orders.publiclyAccessible true"]);
  await ends(oldest, []);
  expect(await openIn(target)).toEqual(["orders.publiclyAccessible true"]);
});

test("an older run says what a newer one could not read", async () => {
  const target = freshDatabase();
  const older = await begun(target);
  await detected(target, { sources: ["run", "stack"] });
  await ends(older, [multiAz]);
  expect(await openIn(target)).toEqual(["orders.multiAz false"]);
});

test("a worker whose clock is wrong outdates nobody's looks", async () => {
  const target = freshDatabase();
  await detected(target, { differences: [multiAz], lookedAt: "2199-01-01T00:00:00Z" });
  await detected(target, { differences: [], lookedAt: "1999-01-01T00:00:00Z" });
  expect(await openIn(target)).toEqual([]);
});

test("two detections that end at once leave one finding for each difference, opened once", async () => {
  const target = freshDatabase();
  const runs = await Promise.all(Array.from({ length: 6 }, () => begun(target)));
  await Promise.all(runs.map((id) => ends(id, [multiAz, open])));
  expect((await openIn(target)).sort()).toEqual(["orders.multiAz false", "orders.publiclyAccessible true"]);
  const { id } = await onlyOpen(target);
  expect((await eventsOf(database, id)).map(({ what }) => what)).toEqual(["opened"]);
  expect(await told(target)).toEqual(["difference-critical"]);
});

test("a worker killed before its run has ended leaves nothing; the one that continues the run leaves one finding", async () => {
  const target = freshDatabase();
  const id = await begun(target);
  await expect(ends(id, [open], true)).rejects.toThrow("the worker was killed");
  expect([await openIn(target), await told(target)]).toEqual([[], []]);
  await ends(id, [open]);
  await ends(id, [open]);
  expect(await openIn(target)).toEqual(["orders.publiclyAccessible true"]);
  expect(await told(target)).toEqual(["difference-critical"]);
});

test("an accepted difference does not open again, until its value changes or it was gone in between", async () => {
  const target = freshDatabase();
  await detected(target, [multiAz]);
  const { id } = await onlyOpen(target);
  await answer(id, "accepted");
  await detected(target, [multiAz]);
  expect(await openIn(target)).toEqual([]);
  await detected(target, [{ ...multiAz, actual: "nothing" }]);
  expect(await openIn(target)).toEqual(["orders.multiAz nothing"]);
  await answer(id, "accepted");
  await detected(target, []);
  await detected(target, [{ ...multiAz, actual: "nothing" }]);
  expect(await onlyOpen(target)).toMatchObject({ id, opened: 3 });
});

test("one with a follow-up opens again if it is still there after that has ended", async () => {
  const target = freshDatabase();
  await detected(target, [multiAz]);
  const { id } = await onlyOpen(target);
  const repair = await begun(target, { id: nameOfRun("repair") });
  await answer(id, "follow-up", repair);
  await detected(target, [multiAz]);
  expect(await openIn(target)).toEqual([]);
  await endRun(database, repair, { status: "succeeded", verdict: "pass" });
  await detected(target, [multiAz]);
  expect(await openIn(target)).toEqual(["orders.multiAz false"]);
});

test("what is critical is told once for each opening, also if it becomes so, and its end once", async () => {
  const target = freshDatabase();
  await detected(target, [{ ...open, severity: "high" }]);
  expect(await told(target)).toEqual([]);
  await detected(target, [open]);
  await detected(target, [open]);
  await detected(target, [{ ...open, actual: "yes" }]);
  expect(await told(target)).toEqual(["difference-critical"]);
  await detected(target, []);
  await detected(target, []);
  expect(await told(target)).toEqual(["difference-critical", "difference-gone"]);
  await detected(target, [open]);
  expect(await told(target)).toEqual(["difference-critical", "difference-gone", "difference-critical"]);
});

test("one that is not critical, or that a waiver allows, is not told, nor is its end", async () => {
  const target = freshDatabase();
  await detected(target, [multiAz, { ...open, waivedBy: "public-until-december" }]);
  await detected(target, []);
  expect(await told(target)).toEqual([]);
});

test("a database that cannot be looked at is one finding, told once, however often that is tried; the next look closes it", async () => {
  const target = freshDatabase();
  await detected(target, [multiAz]);
  await detected(target, new Error("access denied"));
  await detected(target, new Error("access denied again"));
  expect(await openIn(target)).toEqual([`${target} could not be read`, "orders.multiAz false"]);
  expect(await told(target)).toEqual(["database-unreadable"]);
  await detected(target, [multiAz]);
  expect(await openIn(target)).toEqual(["orders.multiAz false"]);
  expect(await told(target)).toEqual(["database-unreadable", "difference-gone"]);
});

test("where no database of that name was found, the next run that finds one closes that", async () => {
  const target = freshDatabase();
  const lost = await begun(target, { found: false });
  await ends(lost, new Error("no such database"));
  expect(await openIn(target)).toEqual([`${target} could not be read`]);
  await detected(target, []);
  expect(await openIn(target)).toEqual([]);
});

test("databases of one name in two places, or after each other, have findings of their own", async () => {
  const target = freshDatabase();
  await detected(target, [multiAz]);
  const other = await begun(target);
  await database.query(
    `update run set plan = jsonb_set(plan, '{database,resourceId}', '"db-SUCCESSOR"') where request_id = $1`,
    [other],
  );
  await ends(other, [multiAz]);
  expect(await openIn(target)).toEqual(["orders.multiAz false", "orders.multiAz false"]);
});

test("a look at the whole fleet closes what was open of databases that no longer exist, and of no other", async () => {
  const [gone, there, later] = [freshDatabase(), freshDatabase(), freshDatabase()];
  await detected(gone, [multiAz]);
  await ends(await begun(gone, { found: false }), new Error("no such database"));
  await detected(there, [multiAz]);
  const sweep = await begun("fleet");
  await detected(later, [multiAz]);
  await endSweep(sweep, [
    { identifier: there, resourceId: `db-${there}`, account: "123456789012", region: "eu-central-1" },
  ]);
  expect([await openIn(gone), await openIn(there), await openIn(later)]).toEqual([
    [],
    ["orders.multiAz false"],
    ["orders.multiAz false"],
  ]);
});

test("the trend counts what was opened and closed since a moment, and what was open then", async () => {
  const target = freshDatabase();
  await detected(target, [multiAz, open]);
  const [{ now }] = (await database.query<{ now: Date }>("select clock_timestamp() as now")) as [{ now: Date }];
  const another = { ...multiAz, key: "port", name: "orders.port" };
  await detected(target, [multiAz, another]);
  await answer((await openDifferences(database, 1, { database: target }))[0]!.id, "accepted");
  expect(await differenceTrend(database, now, { database: target })).toMatchObject({
    ...{ opened: 1, closed: 2, openThen: 2, openNow: 1 },
  });
});

test("a look that ended says when a database was last compared; one that failed does not", async () => {
  const target = freshDatabase();
  const id = await detected(target, []);
  await detected(target, new Error("no"));
  expect((await latestLooks(database)).find((one) => one.target === target)).toMatchObject({ requestId: id });
});

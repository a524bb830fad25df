// How the status of an expected change follows what the cloud shows, in a real control plane's database.
import type { ControlPlaneDatabase } from "../../automation/database";
import { lookForExpected } from "../../automation/expected-changes";
import {
  identityOf,
  type ExpectedValue,
  type InstanceProperties,
  type PlannedChange,
  type UnreachableLocation,
} from "../../automation/fleet-records";
import { latestAlerts } from "../../automation/observability/notifications";
import { answerFinding, openFinding, openFindings } from "../../automation/review/findings";
import { awaitedChanges, expectChanges, expectedChangesOf } from "../../automation/runner/expected-changes";
import { latestRuns, runsAwaitingApproval } from "../../automation/runner/run-lists";
import { haveControlPlaneDatabase } from "./control-plane-database";
import { databaseCalled } from "./evidence/sealed-runs";

let database: ControlPlaneDatabase;
haveControlPlaneDatabase((made) => void ({ database } = made));

let count = 0;
/** A run that has delivered a change of a database of its own, and ended; its finding is open. */
async function delivered({
  target = databaseCalled(`orders-${++count}`),
  expected = [{ property: "BackupRetentionPeriod", from: 7, to: 14 }] as ExpectedValue[],
  isOver = true,
} = {}) {
  const id = `261127050000-${String(++count).padStart(8, "0")}`;
  const plan = JSON.stringify({ target: target.identifier, database: target, tags: { owner: "team-orders" } });
  await database.query(
    "insert into request (id, operation, input, requested_by, reason) values ($1, 'retention', '{}', 'ana', 'a test')",
    [id],
  );
  await database.query(
    "insert into run (request_id, status, verdict, plan, finished_at) values ($1, 'succeeded', 'inconclusive', $2, case when $3 then now() end)",
    [id, plan, isOver],
  );
  const change = { requestId: id, stack: "shop/prod", expected, withinDays: 14 } as PlannedChange;
  await expectChanges(database, change, target);
  await openFinding(database, { id: `${id}.verdict`, requestId: id, target: target.identifier, summary: "delivered" });
  const shows = (properties: Record<string, ExpectedValue["to"]> | "gone", more = {}): InstanceProperties => ({
    account: target.account,
    region: target.region,
    instances: new Map(properties === "gone" ? [] : [[identityOf(target), properties]]),
    ...more,
  });
  return { id, target, change, shows };
}

/** A look, as if the last one were long ago. */
async function look(answer: InstanceProperties | UnreachableLocation | Error): Promise<void> {
  await database.query("update expected_change set looked_at = null");
  const answers =
    "instances" in answer ? { answered: [answer], unreachable: [] } : { answered: [], unreachable: [answer as never] };
  await lookForExpected(database, () => (answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answers)));
}
const late = (id: string) =>
  database.query("update expected_change set until = now() - interval '1 second' where request_id = $1", [id]);
const statuses = async (id: string) => (await expectedChangesOf(database, id)).map(({ status }) => status);
const findingOf = async (id: string) => (await openFindings(database, 1000)).find((f) => f.requestId === id)?.summary;
const alertsOf = async (id: string) =>
  (await latestAlerts(database, 1000)).filter((a) => a.requestId === id).map((a) => a.kind);

test("what is about one of two databases of a name is listed for that one", async () => {
  const mine = await delivered();
  const theirs = await delivered({ target: { ...mine.target, account: "210987654321" } });
  await database.query("update run set status = 'waiting' where request_id = any ($1)", [[mine.id, theirs.id]]);
  const listed = async (identities?: string[]) => {
    const targets = { names: [mine.target.identifier], identities };
    const lists = [
      await awaitedChanges(database, 10, targets),
      await openFindings(database, 10, targets),
      await latestRuns(database, 10, { targets }),
      await runsAwaitingApproval(database, 10, targets),
    ];
    return lists.map((list) => list.map(({ requestId }) => requestId).sort());
  };
  expect(await listed()).toEqual(Array(4).fill([mine.id, theirs.id]));
  expect(await listed([identityOf(mine.target)])).toEqual(Array(4).fill([mine.id]));
  await database.query("update run set status = 'succeeded', plan = null where request_id = $1", [theirs.id]);
  const [, findings] = await listed([identityOf(mine.target)]);
  expect(findings).toEqual([mine.id, theirs.id]); // of a run that found no database the name is all that is known
});

test("the old value leaves it open, and the new one closes it with its finding; nobody is told", async () => {
  const { id, shows } = await delivered();
  await look(shows({ BackupRetentionPeriod: 7 }));
  expect([await statuses(id), await findingOf(id)]).toEqual([["open"], "delivered"]);
  await look(shows({ BackupRetentionPeriod: 14 }));
  expect([await statuses(id), await findingOf(id), await alertsOf(id)]).toEqual([["seen"], undefined, []]);
});

test("once its time has passed it is overdue: told once, with what is found, and closed if it is made later", async () => {
  const { id, shows } = await delivered();
  await late(id);
  await look(shows({ BackupRetentionPeriod: 7 }));
  const told = await openFindings(database, 1000);
  await look(shows({ BackupRetentionPeriod: 7 }));
  expect(await openFindings(database, 1000)).toEqual(told);
  expect(await statuses(id)).toEqual(["overdue"]);
  expect(await findingOf(id)).toMatch(/^BackupRetentionPeriod of orders-\d+ was to become 14 until .*Z, and it is 7$/);
  expect(await alertsOf(id)).toEqual(["change-overdue"]);
  expect((await awaitedChanges(database, 10)).map((one) => one.requestId)).toContain(id);
  await look(shows({ BackupRetentionPeriod: 14 }));
  expect([await statuses(id), await findingOf(id)]).toEqual([["seen"], undefined]);
});

test("another value, or the end of the database, contradicts it, and people are told which", async () => {
  const changed = await delivered();
  await look(changed.shows({ BackupRetentionPeriod: 3 }));
  expect(await statuses(changed.id)).toEqual(["contradicted"]);
  expect(await findingOf(changed.id)).toMatch(/is 3: neither 7, as it was, nor 14, as delivered$/);
  expect(await alertsOf(changed.id)).toEqual(["change-contradicted"]);
  const gone = await delivered();
  await look(gone.shows("gone"));
  expect([await statuses(gone.id), await findingOf(gone.id)]).toEqual([
    ["contradicted"],
    expect.stringContaining("is gone"),
  ]);
});

test("a database of the same name in another account or Region, or with another resource id, shows nothing", async () => {
  const { id, target, shows } = await delivered();
  for (const other of [{ account: "999999999999" }, { region: "us-east-1" }, { account: undefined }])
    await look(shows({ BackupRetentionPeriod: 14 }, other));
  expect(await statuses(id)).toEqual(["open"]);
  const namesake = { ...target, resourceId: "db-OTHER" };
  await look({ ...shows("gone"), instances: new Map([[identityOf(namesake), { BackupRetentionPeriod: 14 }]]) });
  expect(await statuses(id)).toEqual(["contradicted"]);
});

test("a cloud that cannot be asked closes nothing, and does not keep it open for good", async () => {
  const { id } = await delivered();
  await look(new Error("no route to host"));
  expect(await statuses(id)).toEqual(["open"]);
  await late(id);
  await look(new Error("no route to host"));
  expect([await statuses(id), await findingOf(id)]).toEqual([["overdue"], expect.stringContaining("no route to host")]);
});

test("stacks that cannot be read leave a role's change open, and every other is seen", async () => {
  const plain = await delivered();
  const rotated = await delivered({ expected: [{ property: "readwrite.generation", from: 0, to: 1 }] });
  await database.query("update expected_change set looked_at = null");
  const { account, region } = plain.target;
  const instances = new Map([
    [identityOf(plain.target), { BackupRetentionPeriod: 14 }],
    [identityOf(rotated.target), { BackupRetentionPeriod: 7 }],
  ]);
  const answered = [{ account, region, instances }];
  const unread = [{ stack: "shop/wiki", reason: "broken" }];
  const stacks = { asked: true as const, backend: "file:///stacks", stacks: [], unread };
  const lookOnce = () =>
    lookForExpected(
      database,
      () => Promise.resolve({ answered, unreachable: [] }),
      () => Promise.resolve(stacks),
    );
  await lookOnce();
  expect([await statuses(plain.id), await statuses(rotated.id)]).toEqual([["seen"], ["open"]]);
  await late(rotated.id);
  await database.query("update expected_change set looked_at = null");
  await lookOnce();
  expect([await statuses(rotated.id), await findingOf(rotated.id)]).toEqual([
    ["overdue"],
    expect.stringContaining("stack shop/wiki could not be read: broken"),
  ]);
});

test("each of several properties is seen on its own, and the finding is closed with the last", async () => {
  const expected = [
    { property: "BackupRetentionPeriod", from: 7, to: 14 },
    { property: "MultiAZ", from: false, to: true },
  ];
  const { id, shows } = await delivered({ expected });
  await look(shows({ BackupRetentionPeriod: 14, MultiAZ: false }));
  expect([await statuses(id), await findingOf(id)]).toEqual([["seen", "open"], "delivered"]);
  await look(shows({ BackupRetentionPeriod: 14, MultiAZ: true }));
  expect([await statuses(id), await findingOf(id)]).toEqual([["seen", "seen"], undefined]);
});

test("a later change of the same property replaces it, unless the cloud shows the first one's value", async () => {
  const first = await delivered();
  const second = await delivered({
    target: first.target,
    expected: [{ property: "BackupRetentionPeriod", from: 7, to: 21 }],
  });
  await look(first.shows({ BackupRetentionPeriod: 21 }));
  expect([await statuses(first.id), await statuses(second.id)]).toEqual([["replaced"], ["seen"]]);
  expect([await findingOf(first.id), await findingOf(second.id)]).toEqual([undefined, undefined]);
});

test("what a person has answered is no longer waited for, and nobody is told of it again", async () => {
  const { id, shows } = await delivered();
  await answerFinding(database, {
    findingId: `${id}.verdict`,
    status: "accepted",
    reviewer: "ben",
    comment: "not this year",
  });
  await late(id);
  await look(shows({ BackupRetentionPeriod: 7 }));
  expect([await statuses(id), await findingOf(id), await alertsOf(id)]).toEqual([["dropped"], undefined, []]);
});

test("an account that cannot be reached is no answer of any: the change stays expected, and late it says why", async () => {
  const { id, target } = await delivered();
  const { account, region } = target;
  await look({ account: "999999999999", region, reason: "of another account" });
  expect(await statuses(id)).toEqual(["open"]);
  await late(id);
  await look({ account, region, reason: "the role cannot be assumed" });
  expect([await statuses(id), await findingOf(id)]).toEqual([
    ["overdue"],
    expect.stringContaining("the cloud could not be asked: the role cannot be assumed"),
  ]);
});

test("nothing is looked for before its run has ended, and nobody asks the cloud for nothing, or twice within minutes", async () => {
  const { id, shows } = await delivered({ isOver: false });
  let asked = 0;
  const ask = () => Promise.resolve((asked++, { answered: [shows({ BackupRetentionPeriod: 7 })], unreachable: [] }));
  await database.query("update expected_change set status = 'dropped' where request_id <> $1", [id]);
  await lookForExpected(database, ask);
  expect(asked).toBe(0);
  await database.query("update run set finished_at = now() where request_id = $1", [id]);
  await Promise.all([lookForExpected(database, ask), lookForExpected(database, ask)]);
  await lookForExpected(database, ask);
  expect([asked, await statuses(id)]).toEqual([1, ["open"]]);
});

test("a delivery that is repeated expects the same, until the same moment", async () => {
  const { id, target, change } = await delivered();
  const [before] = await expectedChangesOf(database, id);
  expect(await expectChanges(database, { ...change, withinDays: 99 }, target)).toEqual(before?.until);
  expect(await expectedChangesOf(database, id)).toEqual([before]);
});

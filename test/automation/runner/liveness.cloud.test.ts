import type { ControlPlaneDatabase } from "../../../automation/database";
import { Liveness, workersAlive } from "../../../automation/runner/liveness";
import { until } from "../../until";
import { haveControlPlaneDatabase, type TestDatabase } from "../control-plane-database";

let postgres: TestDatabase;
let database: ControlPlaneDatabase;
const opened: Liveness[] = [];
const lost: string[] = [];
haveControlPlaneDatabase((made) => void ({ postgres, database } = made));
beforeEach(() => void (lost.length = 0));
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});

async function open(workerId: string, silentSecondsMax = 600): Promise<Liveness> {
  const one = await Liveness.open({
    notified: () => undefined,
    url: postgres.url,
    workerId,
    silentSecondsMax,
    lost: ({ code }) => void lost.push(`${workerId} ${code}`),
  });
  opened.push(one);
  return one;
}
const alive = async (silentSecondsMax = 600) => (await workersAlive(database, silentSecondsMax)).map(({ id }) => id);
const known = async () =>
  (await database.query<{ id: string }>("select id from worker order by id")).map(({ id }) => id);
const age = (id: string, by: string) =>
  database.query("update worker set beat_at = beat_at - $2::interval where id = $1", [id, by]);

test("workers are alive and recorded from start to end", async () => {
  const [one] = [await open("one"), await open("other")];
  expect([await alive(), await known()]).toEqual([
    ["one", "other"],
    ["one", "other"],
  ]);
  expect(() => one.requireHeld()).not.toThrow();
  await one.close();
  expect([await alive(), await known()]).toEqual([["other"], ["other"]]);
});

test("a worker without a recent heartbeat is not alive, nor is a record without its session", async () => {
  await open("one");
  await database.query("insert into worker (id) values ('of a dead process')");
  expect(await alive()).toEqual(["one"]);
  await age("one", "1 hour");
  expect(await alive(60)).toEqual([]);
});

test("old records are removed when a worker starts, newer ones stay", async () => {
  for (const [id, days] of Object.entries({ old: 400, young: 0 }))
    await database.query("insert into worker (id, beat_at) values ($1, now() - make_interval(days => $2))", [id, days]);
  await open("one");
  expect(await known()).toEqual(expect.arrayContaining(["one", "young"]));
  expect(await known()).not.toContain("old");
  await database.query("delete from worker where id in ('young', 'of a dead process')");
});

test("a run is quiet once all its steps have ended, on every worker, even if they failed", async () => {
  const [one, other] = [await open("one"), await open("other")];
  const ends: (() => void)[] = [];
  const step = () => one.during("a run", () => new Promise<void>((resolve) => ends.push(resolve)));
  const steps = [step(), step()];
  await until("both are in flight", () => ends.length === 2);
  const noneInFlight = async (run: string) => [await one.hasNoStepInFlight(run), await other.hasNoStepInFlight(run)];
  expect([await noneInFlight("a run"), await noneInFlight("another run")]).toEqual([
    [false, false],
    [true, true],
  ]);
  ends[0]?.();
  await steps[0];
  expect(await noneInFlight("a run")).toEqual([false, false]);
  ends[1]?.();
  await steps[1];
  // The others learn of it a little later, unless another step follows.
  const isQuiet = async () => (await noneInFlight("a run")).every(Boolean);
  expect(await one.hasNoStepInFlight("a run")).toBe(true);
  await until("the others know", isQuiet);
  const failing = one.during("a run", () => new Promise((_, reject) => ends.push(() => reject(new Error("failed")))));
  await until("it is in flight", () => ends.length === 3);
  expect(await noneInFlight("a run")).toEqual([false, false]);
  ends[2]?.();
  await expect(failing).rejects.toThrow("failed");
  await until("the others know", isQuiet);
});

test("a step's result is what `during` returns", async () => {
  expect(await (await open("one")).during("a run", async () => 42)).toBe(42);
});

test("only a dead worker is taken over, by one worker at a time, and its record is deleted", async () => {
  const [one, other, third] = [await open("one"), await open("other"), await open("third")];
  const taken: string[] = [];
  await other.ifDead("one", async () => void taken.push("alive"));
  await one.close();
  await database.query("insert into worker (id) values ('one')"); // as a killed process leaves it
  await other.ifDead("one", async () => {
    await third.ifDead("one", async () => void taken.push("twice"));
    taken.push("once");
  });
  expect([taken, await known()]).toEqual([["once"], ["other", "third"]]);
  await third.ifDead("one", async () => void taken.push("free again"));
  expect(taken).toEqual(["once", "free again"]);
});

test("a silent worker's locks are released, so that another takes over; other workers keep theirs", async () => {
  const [other, silent, third] = [await open("other"), await open("silent"), await open("third")];
  void silent.during("a run", () => new Promise(() => undefined)).catch(() => undefined);
  await until("the step is in flight", async () => !(await other.hasNoStepInFlight("a run")));
  await other.endSilent();
  expect([await alive(), lost]).toEqual([["other", "silent", "third"], []]);
  await until("its session is ended", async () => {
    await age("silent", "1 hour"); // its heartbeat repeats every two seconds
    await other.endSilent();
    return lost.length > 0;
  });
  expect(lost).toEqual(["silent worker-session-lost"]);
  expect(() => silent.requireHeld()).toThrow(/lost its session/);
  expect(await other.hasNoStepInFlight("a run")).toBe(true);
  await other.ifDead("silent", async () => {
    // The successor holds the silent worker's lock but must not be mistaken for it.
    await third.endSilent();
    expect(await other.hasNoStepInFlight("any")).toBe(true);
    lost.push("taken over");
  });
  expect(lost).toEqual(["silent worker-session-lost", "taken over"]);
  expect(await known()).toEqual(["other", "third"]);
  expect(() => other.requireHeld()).not.toThrow();
});

test("a worker whose heartbeat is not answered ends itself within its own limit, reports that once, and may not act any more", async () => {
  const one = await open("one", 3);
  await database.transaction(async (t) => {
    await t.query("lock table worker in access exclusive mode");
    await until("it has left", () => lost.length > 0);
  });
  expect(lost).toEqual(["one worker-silent"]);
  expect(() => one.requireHeld()).toThrow(/could not report for 3 s and ends/);
});

test("a worker repeats its heartbeat", async () => {
  const one = await open("one");
  const [first] = await database.query<{ at: string }>("select beat_at::text as at from worker where id = 'one'");
  for (let beats = 0, last = first?.at; beats < 3;)
    await until("it beats", async () => {
      const [{ at } = { at: "" }] = await database.query<{ at: string }>(
        "select beat_at::text as at from worker where id = 'one'",
      );
      if (at === last) return false;
      [last, beats] = [at, beats + 1];
      return true;
    });
  expect(() => one.requireHeld()).not.toThrow();
  expect(lost).toEqual([]);
});

test("an unreachable control plane database is one error", async () => {
  const nowhere = {
    url: "postgresql://control:hidden@127.0.0.1:9/control",
    workerId: "one",
    silentSecondsMax: 600,
    notified: () => undefined,
    lost: () => undefined,
  };
  await expect(Liveness.open(nowhere)).rejects.toMatchObject({ code: "control-plane-unreachable" });
});

// The rings of trains in the control plane's own tables: whatever the order in which runs, patches and people act, no
// database takes its turn before its ring's predecessor is promoted, nor in a ring that is halted or aborted.
import type { ControlPlaneDatabase } from "../../../automation/database";
import { factsOf } from "../../../automation/policy/decisions";
import { planDigestOf, type PlanBasis } from "../../../automation/records";
import { gateOf } from "../../../automation/operations/ringed-patch/health-gate";
import { forgetAlarms, keepAlarms, keptAlarms, knownForGood } from "../../../automation/runner/train-alarms";
import {
  bakeRing,
  beginRing,
  concludeRing,
  decideTrain,
  openTrain,
  readTrain,
  takeTurn,
  type PersonsDecision,
} from "../../../automation/runner/trains";
import type { GateVerdict, RingState, TrainWaiver } from "../../../automation/train-records";
import { haveControlPlaneDatabase } from "../control-plane-database";
import { facts } from "../policy/facts";

let database: ControlPlaneDatabase;
haveControlPlaneDatabase((made) => void ({ database } = made));

const rings = [
  { number: 1, identities: ["a"] },
  { number: 2, identities: ["b", "c"] },
  { number: 3, identities: ["d"] },
];
const identities = rings.flatMap((one) => one.identities);
let count = 0;
const request = (own: string, parent: string | null) =>
  database.query(
    "insert into request (id, operation, input, requested_by, reason, parent_id) values ($1, 'x', '{}', 'ana', 'a test', $2)",
    [own, parent],
  );

/** A train, and a request for each of its databases. */
async function train(window: string | null = null): Promise<string> {
  const id = `train-${++count}`;
  await request(id, null);
  for (const identity of identities) await request(`${id}-${identity}`, id);
  await database.transaction((transaction) => openTrain(transaction, id, { rings, window }));
  return id;
}

const verdict = (word: GateVerdict) => gateOf([{ name: "a probe", verdict: word, explanation: "as asked" }]);
const waiver = (resource: string): TrainWaiver => ({
  ...{ id: "w", rule: "r", resource, reason: "a test", approver: "ben", expiresOn: "2027-01-01" },
});
const decide = (id: string, word: PersonsDecision["word"], skipped?: string) =>
  database.transaction((transaction) =>
    decideTrain(transaction, id, {
      ...{ word, by: "ben", reason: "a test" },
      ...(skipped !== undefined && { skips: { identity: skipped, waiver: waiver(skipped) } }),
    }),
  );
const begin = (id: string, ring: number) => database.transaction((inside) => beginRing(inside, id, ring));
const bake = (id: string, ring: number) => database.transaction((inside) => bakeRing(inside, id, ring));
const conclude = (id: string, ring: number, word: GateVerdict) =>
  database.transaction((inside) => concludeRing(inside, id, ring, verdict(word)));
const always = () => true;
const turn = (id: string, identity: string, isOpen: (window: string | null) => boolean = always) =>
  database.transaction((inside) => takeTurn(inside, `${id}-${identity}`, identity, isOpen));
const states = async (id: string) => (await readTrain(database, id)).rings.map(({ state }) => state);

test("a train goes ring by ring, and what was decided is recorded", async () => {
  const id = await train();
  expect(await begin(id, 2)).toBe("waiting");
  expect(await turn(id, "a")).toEqual({ train: id, reason: "ring 1 is waiting" });
  expect(await begin(id, 1)).toBe("patching");
  expect(await turn(id, "a")).toBeUndefined();
  expect(await turn(id, "b")).toEqual({ train: id, reason: "ring 2 is waiting" });
  expect((await conclude(id, 1, "pass")).state).toBe("halted"); // it was not watched
  await decide(id, "resume");
  expect(await bake(id, 1)).toBe("baking");
  expect(await conclude(id, 1, "pass")).toEqual({ state: "promoted", isNew: true });
  expect(await conclude(id, 1, "fail")).toEqual({ state: "promoted", isNew: false });
  expect(await begin(id, 2)).toBe("patching");
  const { decisions } = await readTrain(database, id);
  expect(decisions.map(({ ring, word, by }) => [ring, word, by])).toEqual([
    ...[
      [1, "halt", "health gate"],
      [1, "resume", "ben"],
      [1, "promote", "health gate"],
    ],
  ]);
});

test.each(["fail", "error", "inconclusive"] as const)("a gate that says %s promotes nothing", async (word) => {
  const id = await train();
  await begin(id, 1);
  await bake(id, 1);
  expect((await conclude(id, 1, word)).state).toBe("halted");
  expect(await begin(id, 2)).toBe("waiting");
  expect(await turn(id, "a")).toEqual({ train: id, reason: "ring 1 is halted" });
});

test("a patch that has its turn keeps it through a halt; one that is skipped gets none", async () => {
  const id = await train();
  await begin(id, 1);
  expect(await turn(id, "a")).toBeUndefined();
  await decide(id, "halt");
  expect(await turn(id, "a")).toBeUndefined();
  await decide(id, "skip", "d");
  await expect(decide(id, "skip", "d")).rejects.toMatchObject({ code: "train-database-unknown" });
  await expect(decide(id, "halt")).rejects.toMatchObject({ code: "train-decision-idle" });
  await decide(id, "abort");
  expect(await states(id)).toEqual(["aborted", "aborted", "aborted"]);
  await expect(decide(id, "resume")).rejects.toMatchObject({ code: "train-over" });
  await expect(decide("no-train", "halt")).rejects.toMatchObject({ code: "train-unknown" });
});

test("alarms are noted again as long as a database has no turn, and from then on those of before are kept", async () => {
  const id = await train();
  const noted = async () => (await keptAlarms(database, id, identities)).get("a");
  await begin(id, 1);
  await keepAlarms(database, id, "a", { cpu: "OK" });
  await keepAlarms(database, id, "a", { cpu: "ALARM" }); // halted, and resumed days later
  expect(await noted()).toEqual({ states: { cpu: "ALARM" }, patchedFrom: null });
  expect([...(await knownForGood(database, id))]).toEqual([]);
  await turn(id, "a");
  await keepAlarms(database, id, "a", { cpu: "OK" });
  const { patchedFrom, states: kept } = (await noted())!;
  expect(kept).toEqual({ cpu: "ALARM" });
  expect(patchedFrom).toEqual(expect.any(Date));
  // A request after that takes the turn again: from the first one on it may be patched.
  await request(`${id}-again`, id);
  await database.transaction((inside) => takeTurn(inside, `${id}-again`, "a", always));
  expect((await readTrain(database, id)).databases[0]!.turnOf).toBe(`${id}-again`);
  expect((await noted())!.patchedFrom).toEqual(patchedFrom);
  expect([...(await knownForGood(database, id))]).toEqual(["a"]);
  expect([await forgetAlarms(database, id), await forgetAlarms(database, id), await noted()]).toEqual([
    1,
    0,
    undefined,
  ]);
});

test("a request that belongs to no train needs no turn", async () => {
  expect(await database.transaction((inside) => takeTurn(inside, "train-1", "a", () => false))).toBeUndefined();
});

test("a database that its train does not have gets no turn", async () => {
  const id = await train();
  await begin(id, 1);
  const asAnother = database.transaction((inside) => takeTurn(inside, `${id}-a`, "another with its name", always));
  expect(await asAnother).toMatchObject({ train: id, reason: "it has another database of this name, or none" });
  expect((await readTrain(database, id)).databases.every(({ turnOf }) => turnOf === null)).toBe(true);
});

test("outside of its train's window a database gets no turn, and one that has its turn does not begin", async () => {
  const id = await train("tue:02:00-tue:04:00");
  await begin(id, 1);
  const asked: (string | null)[] = [];
  const closed = (window: string | null) => (asked.push(window), false);
  const refused = { train: id, reason: expect.stringContaining("tue:02:00-tue:04:00 UTC, is closed") };
  expect(await turn(id, "a", closed)).toEqual(refused);
  expect((await readTrain(database, id)).databases.every(({ turnOf }) => turnOf === null)).toBe(true);
  expect(await turn(id, "a")).toBeUndefined();
  expect(await turn(id, "a", closed)).toEqual(refused);
  expect(asked).toEqual(["tue:02:00-tue:04:00", "tue:02:00-tue:04:00"]);
});

test("the last database of a ring that has begun is not skipped; all of one that waits may be", async () => {
  const id = await train();
  await begin(id, 1);
  await expect(decide(id, "skip", "a")).rejects.toMatchObject({ code: "train-skips-all" });
  await decide(id, "skip", "b");
  await decide(id, "skip", "c");
  const skipped = (await readTrain(database, id)).databases.filter(({ waiver }) => waiver !== null);
  expect(skipped.map(({ identity }) => identity)).toEqual(["b", "c"]);
});

test("the plan of a train approves the patch of a database only as it was approved", async () => {
  const id = await train();
  const plan = { target: "17.10: fleet", approves: ["patch of a"], window: null as string | null };
  const digest = planDigestOf(plan as unknown as PlanBasis);
  await database.query(
    `insert into run (request_id, status, plan, plan_digest, planned_preparation) values ($1, 'running', $2, $3, 1)`,
    [id, JSON.stringify(plan), digest],
  );
  await database.query(
    `insert into decision (request_id, preparation, status, plan_digest, rules, decided_by, begun_at)
     values ($1, 1, 'needs-approval', $2, '[]', 'admission rules', now())`,
    [id, digest],
  );
  const approvedWith = async (approvedAs: string) => {
    const { plan: basis, ...given } = facts("changes");
    const asked = { ...given, requestId: `${id}-a`, plan: { ...basis, approvedAs } };
    return (await factsOf(database, asked)).approvedWith;
  };
  expect(await approvedWith("patch of a")).toEqual({ id, hasWindow: false });
  expect(await approvedWith("patch of b")).toBeUndefined();
  const change = (jsonPath: string, value: unknown) =>
    database.query("update run set plan = jsonb_set(plan, $2, $3) where request_id = $1", [
      ...[id, jsonPath, JSON.stringify(value)],
    ]);
  await change("{approves,1}", "patch of b");
  for (const one of ["patch of a", "patch of b"]) expect(await approvedWith(one)).toBeUndefined();
});

/** A generator that can be repeated: a failure names its seed. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

test.each(Array.from({ length: 25 }, (_, at) => at + 1))(
  "in random interleavings no database has its turn before its ring may (seed %d)",
  async (seed) => {
    const next = random(seed);
    const one = <T>(of: readonly T[]): T => of[Math.floor(next() * of.length)]!;
    const id = await train();
    const ringOf = (identity: string) => rings.find((ring) => ring.identities.includes(identity))!.number;
    /** The states of the rings before, right after a turn was taken. */
    const before = new Map<string, RingState[]>();
    const ignored = () => undefined; // people's decisions that change nothing
    const actions: (() => Promise<unknown>)[] = [
      () => begin(id, one([1, 2, 3])),
      () => bake(id, one([1, 2, 3])),
      () => conclude(id, one([1, 2, 3]), one(["pass", "pass", "pass", "fail", "error", "inconclusive"])),
      () => decide(id, one(["halt", "resume", "resume"])).catch(ignored),
      () => decide(id, "skip", one(identities)).catch(ignored),
      ...Array.from({ length: 4 }, () => async () => {
        const identity = one(identities);
        if (await turn(id, identity)) return;
        before.set(identity, (await states(id)).slice(0, ringOf(identity) - 1));
      }),
    ];
    // Several at once, as runs, patches and people are.
    for (let round = 0; round < 30; round++) await Promise.all([one(actions)(), one(actions)(), one(actions)()]);
    const { databases, decisions } = await readTrain(database, id);
    const promoted = decisions.filter(({ word }) => word === "promote").map(({ ring }) => ring);
    const turns = databases.filter(({ turnOf }) => turnOf !== null).map(({ identity }) => identity);
    expect([...before.keys()].sort()).toEqual(turns.sort());
    expect([...before.values()].flat().filter((state) => state !== "promoted")).toEqual([]);
    // A ring is promoted once, after all before it, and never by a gate that did not pass.
    expect(promoted).toEqual([...promoted].sort());
    expect(new Set(promoted).size).toBe(promoted.length);
    for (const { word, gate } of decisions) expect(word === "promote" ? gate?.verdict : "pass").toBe("pass");
  },
);

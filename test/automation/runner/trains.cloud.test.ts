// The rings of trains in the control plane's own tables: whatever the order in which runs, patches and people act, no
// database takes its turn before its ring's predecessor is promoted, nor in a ring that is halted or aborted.
import type { ControlPlaneDatabase } from "../../../automation/database";
import { gateOf } from "../../../automation/operations/ringed-patch/health-gate";
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

let database: ControlPlaneDatabase;
haveControlPlaneDatabase((made) => void ({ database } = made));

const rings = [
  { number: 1, identities: ["a"] },
  { number: 2, identities: ["b", "c"] },
  { number: 3, identities: ["d"] },
];
const identities = rings.flatMap((one) => one.identities);
let count = 0;

/** A train, and a request for each of its databases. */
async function train(): Promise<string> {
  const id = `train-${++count}`;
  const request = (own: string, parent: string | null) =>
    database.query(
      "insert into request (id, operation, input, requested_by, reason, parent_id) values ($1, 'x', '{}', 'ana', 'a test', $2)",
      [own, parent],
    );
  await request(id, null);
  for (const identity of identities) await request(`${id}-${identity}`, id);
  await database.transaction((transaction) => openTrain(transaction, id, rings));
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
const turn = (id: string, identity: string) =>
  database.transaction((inside) => takeTurn(inside, `${id}-${identity}`, identity));
const states = async (id: string) => (await readTrain(database, id)).rings.map(({ state }) => state);

test("a train goes ring by ring, and what was decided is recorded", async () => {
  const id = await train();
  expect(await begin(id, 2)).toBe("waiting");
  expect(await turn(id, "a")).toEqual({ train: id, ring: 1, state: "waiting" });
  expect(await begin(id, 1)).toBe("patching");
  expect(await turn(id, "a")).toBeUndefined();
  expect(await turn(id, "b")).toEqual({ train: id, ring: 2, state: "waiting" });
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
  expect(await turn(id, "a")).toEqual({ train: id, ring: 1, state: "halted" });
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

test("a request that belongs to no train needs no turn", async () => {
  expect(await database.transaction((inside) => takeTurn(inside, "train-1", "a"))).toBeUndefined();
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

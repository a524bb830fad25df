import { comparedLoad, slowerByChance } from "../../../../automation/operations/ringed-patch/load-comparison";
import type { LoadSample, TakenSample } from "../../../../automation/load-records";

let state = 11;
const next = () => ((state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) + 1) / (2 ** 32 + 1);
const normal = () => Math.sqrt(-2 * Math.log(next())) * Math.cos(2 * Math.PI * next());

/** `queries` queries, each of which takes a time of its own, and `factor` times that when it is watched. */
function load(queries: number, factor: number, { calls = 100, spread = 0.3 } = {}) {
  const before: LoadSample = { statements: {}, commits: 100_000, rollbacks: 100 };
  const from: LoadSample = { statements: {}, commits: 101_000, rollbacks: 101 };
  const to: LoadSample = { statements: {}, commits: 111_000, rollbacks: 111 };
  for (let at = 0; at < queries; at++) {
    const milliseconds = Math.exp(normal());
    const then = 10_000 * milliseconds * Math.exp((normal() * spread) / 10);
    before.statements![at] = [10_000, then];
    from.statements![at] = [10_050, then + 50 * milliseconds];
    to.statements![at] = [
      10_050 + calls,
      then + 50 * milliseconds + calls * milliseconds * factor * Math.exp(normal() * spread),
    ];
  }
  return { before, from, to };
}
const verdicts = (given: Partial<Record<"before" | "from" | "to", TakenSample>>) =>
  comparedLoad({ ...load(30, 1), ...given }).map(({ name, verdict }) => `${name} ${verdict}`);

test("of queries that are as fast as before hardly any comparison fails, and one that take twice as long is found", () => {
  const failing = (factor: number, queries: number) => {
    let failed = 0;
    for (let round = 0; round < 1000; round++) if (comparedLoad(load(queries, factor))[0]!.verdict === "fail") failed++;
    return failed / 1000;
  };
  expect(failing(1, 20)).toBeLessThan(0.005);
  expect(failing(1.1, 50)).toBeLessThan(0.05); // significant, and not worth a halt
  expect(failing(2, 20)).toBeGreaterThan(0.99);
});

test("the chance is that of signed ranks", () => {
  expect(slowerByChance(Array.from({ length: 20 }, (_, at) => 1 + (at + 1) / 100))).toBeLessThan(0.0001);
  expect(slowerByChance([0.5, 2])).toBeGreaterThan(0.3);
  expect(slowerByChance([])).toBe(1);
});

test("too little load, no counters, or counters that began at zero meanwhile are inconclusive", () => {
  expect(verdicts(load(19, 1))).toEqual(["query-times inconclusive", "rollbacks pass"]);
  expect(verdicts(load(30, 1, { calls: 19 }))).toEqual(["query-times inconclusive", "rollbacks pass"]);
  const { to, from } = load(30, 1);
  expect(verdicts({ to: { ...to, statements: null } })).toEqual(["query-times inconclusive", "rollbacks pass"]);
  expect(verdicts({ to: from, from: to })).toEqual(["query-times inconclusive", "rollbacks inconclusive"]);
  expect(verdicts({ to: { ...to, commits: from.commits + 10 } })[1]).toBe("rollbacks inconclusive");
  expect(comparedLoad({ before: undefined, from, to })).toMatchObject([{ name: "load", verdict: "inconclusive" }]);
  expect(verdicts({ from: { failure: "nobody could log in" } })).toEqual(["load error"]);
});

test("a query that is counted from zero again is no faster query", () => {
  const { before, from, to } = load(30, 3);
  const cleared = Object.fromEntries(Object.entries(to.statements!).map(([id]) => [id, [100, 0.001] as const]));
  expect(comparedLoad({ before, from, to: { ...to, statements: cleared } })[0]).toMatchObject({
    verdict: "inconclusive",
    explanation: expect.stringContaining("30 were counted from zero meanwhile"),
  });
});

test("transactions that are rolled back more often than before fail", () => {
  const { before, from, to } = load(30, 1);
  const more = { ...to, rollbacks: from.rollbacks + 400 };
  expect(comparedLoad({ before, from, to: more })[1]).toMatchObject({
    verdict: "fail",
    explanation: "3.8 % of 10400 transactions were rolled back, 0.1 % before",
  });
});

test("whatever the counters are, a comparison passes only with enough queries and transactions", () => {
  const any = (): TakenSample => {
    const n = Math.floor(next() * 4);
    if (n === 0) return { failure: "nobody could log in" };
    const count = () => Math.floor(next() * 2000);
    const statements = Object.fromEntries(
      Array.from({ length: Math.floor(next() * 40) }, (_, at) => [at, [count(), count()] as const]),
    );
    return { statements: n === 1 ? null : statements, commits: count(), rollbacks: count() };
  };
  for (let round = 0; round < 5000; round++) {
    const [before, from, to] = [any(), any(), any()];
    for (const { name, verdict } of comparedLoad({ before, from, to })) {
      if (verdict !== "pass") continue;
      const [was, began, ended] = [before, from, to] as [LoadSample, LoadSample, LoadSample];
      if (name === "rollbacks")
        expect(ended.commits + ended.rollbacks - began.commits - began.rollbacks).toBeGreaterThanOrEqual(300);
      const often = Object.entries(ended.statements ?? {}).filter(
        ([id, [calls]]) => calls - (began.statements?.[id]?.[0] ?? 0) >= 20 && (was.statements?.[id]?.[0] ?? 0) >= 20,
      );
      if (name === "query-times") expect(often.length).toBeGreaterThanOrEqual(20);
    }
  }
});

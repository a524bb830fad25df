import { gateOf } from "../../../../automation/operations/ringed-patch/health-gate";
import type { GateVerdict, Probe } from "../../../../automation/train-records";

const probes = (...verdicts: GateVerdict[]): Probe[] =>
  verdicts.map((verdict, at) => ({ name: `probe ${at}`, verdict, explanation: verdict }));
const all: GateVerdict[] = ["pass", "fail", "inconclusive", "error"];

test("a gate without a probe is inconclusive", () => {
  expect(gateOf([]).verdict).toBe("inconclusive");
});

test("the worst probe decides: fail, then error, then inconclusive", () => {
  expect(gateOf(probes("pass", "inconclusive", "error", "fail")).verdict).toBe("fail");
  expect(gateOf(probes("pass", "inconclusive", "error")).verdict).toBe("error");
  expect(gateOf(probes("pass", "inconclusive")).verdict).toBe("inconclusive");
  expect(gateOf(probes("pass", "pass"))).toMatchObject({ verdict: "pass", found: [] });
});

test("whatever the probes are, a gate passes only if there are some and each of them passed", () => {
  let state = 1;
  const next = () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
  for (let round = 0; round < 5000; round++) {
    // Mostly passes: otherwise hardly any combination would.
    const given = probes(
      ...Array.from({ length: Math.floor(next() * 6) }, () => (next() < 0.8 ? "pass" : all[Math.floor(next() * 4)]!)),
    );
    const { verdict, found, probes: counts } = gateOf(given);
    const passed = given.filter((one) => one.verdict === "pass").length;
    expect(verdict === "pass").toBe(given.length > 0 && passed === given.length);
    expect(found).toHaveLength(given.length - passed);
    expect(Object.values(counts).reduce((sum, n) => sum + n, 0)).toBe(given.length);
  }
});

import { changesPerDayMax } from "../../../../automation/policy/limits";
import type { AdmissionFacts, RingChange } from "../../../../automation/policy/rule";
import { forbidWideChanges } from "../../../../automation/policy/rules/forbid-wide-changes";
import { facts, plan } from "../facts";

const ends = (...endsAt: (string | null)[]): RingChange[] =>
  endsAt.map((at, n) => ({ requestId: `r${n}`, target: `db${n}`, endsAt: at === null ? null : new Date(at) }));
const bronze = { tier: "bronze", environment: "production" };
const judged = (earlierChanges: RingChange[], more: Partial<AdmissionFacts> = {}) =>
  forbidWideChanges.judge(facts("changes", { plan: { ...plan, tags: bronze }, earlierChanges, ...more }));
const access = { changesPerDay: { ring1: 2 } };

test("as many changes of a ring are allowed in a day as shipshape.yaml says, and not one more", () => {
  expect(judged(ends(null), { access })).toEqual({
    verdict: "allowed",
    reason: "this is change 2 of ring 1 in a day, of at most 2",
  });
  expect(judged(ends("2026-06-01T10:00:00Z", null), { access })).toEqual({
    verdict: "denied",
    reason:
      "ring 1 has 2 changes that wait, go on, or were begun in the last day, of at most 2; there is room again at 2026-06-01T10:00:00.000Z",
  });
});

test("there is room again when so many have ended that fewer than the limit are left", () => {
  const room = (...at: (string | null)[]) => judged(ends(...at), { access }).reason.split("there is room again ")[1];
  const [first, second, third] = ["2026-06-01T10:00:00Z", "2026-06-01T11:00:00Z", "2026-06-01T12:00:00Z"] as const;
  expect(room(first, second, third, null)).toBe("at 2026-06-01T12:00:00.000Z");
  expect(room(first, null, null)).toBe("when request r1, of db1, or another of them ends");
});

test.each([
  [{ tier: "gold", environment: "production" }, "ring3"],
  [{ tier: "silver", environment: "production" }, "ring2"],
  [{ tier: "gold", environment: "staging" }, "ring0"],
  [{}, "ring3"],
] as const)("a database with the tags %j is in %s, which has its own number", (tags, ring) => {
  const full = Array<null>(changesPerDayMax[ring]).fill(null);
  const change = { plan: { ...plan, tags } };
  expect(judged(ends(...full.slice(1)), change)).toMatchObject({ verdict: "allowed" });
  expect(judged(ends(...full), change)).toMatchObject({ verdict: "denied" });
  expect(judged(ends(...full), { ...change, access: { changesPerDay: { [ring]: 500 } } })).toMatchObject({
    verdict: "allowed",
  });
});

test("a train may change more in a day, but nothing where the limit is 0", () => {
  const approvedWith = { id: "train-1", hasWindow: true };
  expect(judged(ends(null, null, null), { access, approvedWith })).toMatchObject({ verdict: "allowed" });
  const frozen = { changesPerDay: { ring1: 0 } };
  expect(judged([], { access: frozen, approvedWith })).toMatchObject({ verdict: "denied" });
});

test("0 stops all changes of a ring, the first one too", () => {
  expect(judged([], { access: { changesPerDay: { ring1: 0 } } })).toEqual({
    verdict: "denied",
    reason: "shipshape.yaml allows no changes of ring 1",
  });
});

test("what changes no database is not counted and not stopped", () => {
  for (const effect of ["reads", "throwaway"] as const)
    expect(forbidWideChanges.judge(facts(effect, { access: { changesPerDay: { ring3: 0 } } }))).toEqual({
      verdict: "allowed",
      reason: "reindex changes no database itself",
    });
  const { database: _, ...several } = plan;
  expect(
    forbidWideChanges.judge(facts("changes", { plan: several, access: { changesPerDay: { ring3: 0 } } })),
  ).toMatchObject({
    verdict: "allowed",
  });
});

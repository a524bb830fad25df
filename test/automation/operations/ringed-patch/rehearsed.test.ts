import { rehearsalOf, unrehearsed } from "../../../../automation/operations/ringed-patch/rehearsed";
import { signedRehearsals } from "../../../../automation/signed-rehearsals";
import type { LogContent } from "../../../../automation/evidence/reading";
import type { SignedRehearsal } from "../../../../automation/rehearsal-records";
import { builtIn } from "../../../../components/standards/built-in";

const today = "2026-11-28";
const rehearsed = { from: "17.9", to: "17.10", instanceClass: "db.m7g.large", extensions: ["pg_trgm", "pgcrypto"] };
const signed = (more: Partial<SignedRehearsal> = {}): SignedRehearsal => ({
  ...{ requestId: "r1", rehearsed, identifier: "orders", verdict: "pass", downtimeSeconds: 1.3 },
  ...{ expiresOn: "2026-12-20", ...more },
});

test("a rehearsal speaks for what is patched alike: the same versions, class and extensions", () => {
  expect(rehearsalOf({ ...rehearsed }, [signed()], today)).toEqual({
    requestId: "r1",
    of: "orders",
    downtimeSeconds: 1.3,
  });
  for (const other of [
    { ...rehearsed, from: "17.8" },
    { ...rehearsed, to: "17.11" },
    { ...rehearsed, instanceClass: "db.m7g.xlarge" },
    { ...rehearsed, extensions: ["pg_trgm"] },
  ])
    expect(rehearsalOf(other, [signed()], today)).toMatch(/^none of/);
});

test("the newest decides: one that failed, was not measured, or is over withdraws an earlier pass", () => {
  const earlier = signed({ requestId: "r0" });
  expect(rehearsalOf(rehearsed, [signed({ verdict: "fail" }), earlier], today)).toBe("r1, of orders, ended with fail");
  expect(rehearsalOf(rehearsed, [signed({ downtimeSeconds: null }), earlier], today)).toMatch(/^r1/);
  expect(rehearsalOf(rehearsed, [signed({ expiresOn: "2026-11-27" }), earlier], today)).toBe(
    "r1, of orders, was valid until 2026-11-27",
  );
  expect(rehearsalOf(rehearsed, [signed({ expiresOn: today })], today)).toMatchObject({ requestId: "r1" });
});

test("only a tier whose changes want a proven recovery is kept without one", () => {
  const tags = (tier: string, environment: string) => ({ tier, environment, owner: "team-orders" });
  expect(unrehearsed("none", tags("gold", "production"), builtIn)).toMatchObject([{ kind: "rehearsal" }]);
  for (const [tier, environment] of [
    ["silver", "production"],
    ["bronze", "production"],
    ["gold", "development"],
  ] as const)
    expect(unrehearsed("none", tags(tier, environment), builtIn)).toEqual([]);
});

test("what is read of the log is signed statements of rehearsals, and none that a lost one may have withdrawn", () => {
  const entry = (position: number, operation: string, outcome: unknown) => ({
    position,
    run: {
      kind: "verdict",
      predicate: {
        ...{ operation, requestId: `r${position}`, target: "orders", verdict: "pass" },
        ...{ expiresOn: "2026-12-20T10:00:00.000Z", plan: { rehearsed }, outcome },
      },
    },
  });
  const entries = [
    entry(0, "patch-rehearsal", { downtimeSeconds: 2 }),
    entry(1, "restore-drill", { downtimeSeconds: 2 }),
    entry(2, "patch-rehearsal", null),
    entry(4, "patch-rehearsal", { downtimeSeconds: 1.3 }),
  ];
  const read = (problems: LogContent["problems"]) =>
    signedRehearsals({ head: undefined, entries, problems } as unknown as LogContent).map(
      ({ requestId, downtimeSeconds }) => [requestId, downtimeSeconds],
    );
  expect(read([])).toEqual([
    ["r4", 1.3],
    ["r2", null],
    ["r0", 2],
  ]);
  expect(read([{ what: "one is missing", lost: { position: 3 } }])).toEqual([["r4", 1.3]]);
});

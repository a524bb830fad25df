import type { Found, RestoreDrillOutcome } from "../../../../automation/operations/restore-drill/outcome";
import type { AssertionResult } from "../../../../automation/targets/assertion-run";
import type { CatalogLosses } from "../../../../automation/targets/catalog-comparison";
import { found, good, inventory, judged, plan } from "./drills";

const structure = (differing: Partial<Found["structure"]>) =>
  found({ structure: { ...good.found.structure, ...differing } });

describe("heaps and indexes", () => {
  const sound = (outcome: RestoreDrillOutcome) => judged(outcome).check("heaps-and-indexes-are-sound");
  const some = (relation: string, problem: string, count = 1) => ({
    count,
    bytes: 8192,
    named: [{ relation, problem }],
  });
  test("fail with each damaged relation named, whatever else was not checked", () => {
    const damages = [
      { relation: "a", problem: "block 1" },
      { relation: "b", problem: "block 2" },
    ];
    expect(sound(structure({ damages, left: some("c", "late") }))).toMatchObject({
      verdict: "fail",
      explanation: "a: block 1; b: block 2",
      figures: { damages: 2 },
    });
  });
  test("are undecided without amcheck, if nothing was checked, or if anything was not, for lack of time or due to an error", () => {
    expect(sound(structure({ available: false, unavailableReason: "denied", relationsChecked: 0 }))).toMatchObject({
      verdict: "inconclusive",
      explanation: "amcheck could not be used: denied",
    });
    expect(sound(structure({ relationsChecked: 0 })).verdict).toBe("inconclusive");
    expect(
      sound(structure({ relationsChecked: 1, left: some("big", "the time budget was used up", 500) })),
    ).toMatchObject({
      verdict: "inconclusive",
      explanation: "500 could not be checked: big (the time budget was used up), and 499 more",
      figures: { relationsChecked: 1, relationsLeft: 500, bytesLeft: 8192 },
    });
  });
  test("beyond the budget are undecided below the tier's coverage, and say what to set; above it they pass, with the figures", () => {
    const unread = { count: 3, bytes: 100_000, named: [{ relation: "big", problem: "the time budget was used up" }] };
    expect(sound(structure({ unread, verified: [] }))).toMatchObject({
      verdict: "inconclusive",
      explanation:
        "90 % of all bytes were read in the last 28 days, this drill included; the tier asks for 95 %. 3 exceeded the budget: big (the time budget was used up), and 2 more; the next drill begins with these: give it more with --structure-seconds or --structure-gib",
      figures: { coverage: 0.909, coverageMin: 0.95, relationsUnread: 3, bytesUnread: 100_000 },
    });
    expect(sound(structure({ unread, unreadBytesVerified: 60_000, verified: [] }))).toMatchObject({
      verdict: "pass",
      explanation: expect.stringMatching(
        /^the heaps and B-tree indexes of database orders that were read are sound; 96 %/,
      ) as string,
      figures: { coverage: 0.963 },
    });
    expect(sound(structure({ unread, unreadBytesVerified: 44_999, verified: [] })).verdict).toBe("inconclusive");
    expect(sound(structure({ unread, unreadBytesVerified: 45_000, verified: [] })).verdict).toBe("pass");
  });
  test("are undecided if one could not be checked for another reason, whatever the coverage", () => {
    expect(sound(structure({ left: some("locked", "a lock") })).verdict).toBe("inconclusive");
  });
  test("pass, and the other databases of the instance, which were not checked, are named", () => {
    expect(sound(structure({ otherDatabases: ["postgres", '"sa les"'] })).explanation).toMatch(
      /; not checked: the instance's other databases postgres, "sa les"$/,
    );
  });
  test("pass, and those checked only structurally or not at all are named", () => {
    expect(
      sound(structure({ structureOnly: some("app.folded", "runs code"), skipped: some("app.cache", "unlogged", 2) })),
    ).toMatchObject({
      verdict: "pass",
      explanation:
        "every heap and every B-tree index of database orders was read and is sound; 1 checked only structurally: app.folded (runs code); 2 not checked: app.cache (unlogged), and 1 more",
      figures: { relationsStructureOnly: 1, relationsSkipped: 2 },
    });
  });
});

describe("the catalog", () => {
  const catalog = (differing: Partial<Found>) => judged(found(differing)).check("catalog-equals-source");
  const restored = (digests: Record<string, string>, losses: CatalogLosses | null = null, missing: string[] = []) => ({
    catalog: { restored: inventory(digests), missing, losses },
  });
  const source = (digestsBefore: Record<string, string>, digestsAfter: Record<string, string>) => ({
    source: { before: inventory(digestsBefore), after: inventory(digestsAfter) },
  });
  const losses = { compared: 40, lostCount: 2, lost: ["role reporting", "privilege: table shop.item"] };
  test("fails with the kinds that differ, and names what is lost", () => {
    expect(catalog(restored({ routine: "x", column: "y" }))).toMatchObject({
      verdict: "fail",
      explanation: "the catalog differs from the source's in: column, routine",
    });
    expect(catalog(restored({ role: "x", privilege: "y" }, losses))).toMatchObject({
      verdict: "fail",
      explanation:
        "the catalog differs from the source's in: privilege, role; lost or changed: role reporting, privilege: table shop.item",
      figures: { lost: "role reporting, privilege: table shop.item" },
    });
    expect(catalog(restored({ role: "x" }, { ...losses, lostCount: 9 })).explanation).toMatch(/ and 7 more$/);
  });
  test("fails for a kind that only the copy has, and for one that it lacks", () => {
    expect(catalog(restored({ policy: "x" })).verdict).toBe("fail");
    expect(catalog(source({ policy: "x" }, { policy: "x" })).verdict).toBe("fail");
  });
  test("fails if the copy refers to roles that it lacks, whatever the source is like", () => {
    expect(catalog({ ...restored({}, null, ["role with id 16400"]), source: null })).toMatchObject({
      verdict: "fail",
      explanation: "the copy refers to roles that it lacks: role with id 16400",
    });
  });
  test("is undecided in a kind that changed in the source meanwhile, unless the copy matches one of the two states", () => {
    expect(catalog({ ...source({}, { routine: "q" }), ...restored({ routine: "x" }) })).toMatchObject({
      verdict: "inconclusive",
      explanation: expect.stringContaining("in: routine; drill again") as string,
    });
    expect(catalog(source({}, { routine: "q" })).verdict).toBe("pass");
    expect(catalog({ ...source({}, { routine: "q" }), ...restored({ routine: "q" }) }).verdict).toBe("pass");
  });
  test("fails in a kind that did not change in the source, even if another did", () => {
    expect(catalog({ ...source({}, { routine: "q" }), ...restored({ column: "x" }) }).verdict).toBe("fail");
  });
  test("is undecided if one of the three could not be read, or if nothing could", () => {
    const undecided = { undecided: "a lock" };
    const expected = { verdict: "inconclusive", explanation: "a lock" };
    expect(catalog({ source: { before: undecided, after: inventory() } })).toMatchObject(expected);
    expect(catalog({ source: { before: inventory(), after: undecided } })).toMatchObject(expected);
    expect(catalog({ catalog: undecided })).toMatchObject(expected);
    const empty = { restored: { ...inventory(), counts: {} }, missing: [], losses: null };
    expect(catalog({ catalog: empty }).verdict).toBe("inconclusive");
  });
  test("of an earlier moment fails if it lacks what was written by then; undecided if nothing can be dated", () => {
    const of = (found: CatalogLosses | null) => catalog({ source: null, ...restored({}, found) });
    expect(of({ compared: 40, lostCount: 0, lost: [] })).toMatchObject({
      verdict: "pass",
      explanation: expect.stringContaining("the 40 entries") as string,
    });
    expect(of(losses)).toMatchObject({
      verdict: "fail",
      explanation: "the copy lacks what the source had by then: role reporting, privilege: table shop.item",
    });
    expect(of({ compared: 0, lostCount: 0, lost: [] }).verdict).toBe("inconclusive");
    expect(of(null).verdict).toBe("inconclusive");
  });
});

describe("sequences", () => {
  const sequences = (differing: object) =>
    judged(found({ sequences: { ...good.found.sequences, ...differing } })).check("sequences-continue");
  test("that are too many to be looked at are said not to be", () => {
    const explanation = (count: number) => sequences({ sequences: count })?.explanation;
    expect(explanation(10_000)).toMatch(/; not looked at: any after the first 10000$/);
    expect(explanation(9_999)).not.toContain("not looked at");
  });
  test("fail if they are behind the source's, or behind their rows though the source's were not", () => {
    expect(sequences({ behindSource: ["app.a"] })).toMatchObject({
      verdict: "fail",
      explanation: "behind the source's at the recovery target: app.a",
    });
    expect(sequences({ behindRows: [{ name: "app.b", wasInSource: false }] }).verdict).toBe("fail");
  });
  test("are undecided behind their rows if the source's are unknown, or if the rows cannot be read", () => {
    expect(sequences({ behindRows: [{ name: "app.b", wasInSource: null }] })).toMatchObject({
      verdict: "inconclusive",
      explanation: expect.stringContaining("app.b; let the role shipshape read") as string,
    });
    expect(sequences({ unreadable: ["app.c (a policy)"] }).verdict).toBe("inconclusive");
  });
  test("pass behind their rows if that is so in the source, and are named", () => {
    expect(sequences({ behindRows: [{ name: "app.b", wasInSource: true }] })).toMatchObject({
      verdict: "pass",
      explanation: expect.stringContaining("in the source, too: app.b") as string,
    });
  });
  test("that could not be read decide nothing", () => {
    expect(judged(found({ sequences: { undecided: "a lock" } })).check("sequences-continue").verdict).toBe(
      "inconclusive",
    );
  });
});

describe("a team's assertion", () => {
  const own = [{ name: "no-orphans", sql: "select", searchPath: [], sha256: "ab" }];
  const asserting = { ...plan, source: { ...plan.source, assertions: own } };
  const assertion = (result: AssertionResult | undefined) =>
    judged(found({ assertions: result ? { "no-orphans": result } : {} }), asserting).check("assertion-no-orphans");
  test.each([
    [{ rows: 0, problem: null, seconds: 0.2 }, "pass", "no row contradicts it"],
    [{ rows: 1, problem: null, seconds: 0.2 }, "fail", "1 row contradicts it"],
    [{ rows: 7, problem: null, seconds: 0.2 }, "fail", "7 rows contradict it"],
    [{ rows: 1001, problem: null, seconds: 0.2 }, "fail", "more than 1000 rows contradict it"],
    [{ rows: null, problem: "no such table", seconds: 0 }, "inconclusive", "it could not be decided: no such table"],
    [undefined, "inconclusive", "it could not be decided: it was not run"],
  ])("that found %j: %s", (result, verdict, explanation) => {
    expect(assertion(result)).toMatchObject({ verdict, explanation });
  });
});

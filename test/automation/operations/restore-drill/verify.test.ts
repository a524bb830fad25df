import { verifyRestoreDrill, type RestoreDrillOutcome } from "../../../../automation/operations/restore-drill/verify";
import type { Check } from "../../../../automation/records";
import { good, inventory, plan } from "./drills";

type Found = NonNullable<RestoreDrillOutcome["found"]>;
const judged = (outcome: RestoreDrillOutcome, itsPlan = plan) => {
  const { verdict, checks } = verifyRestoreDrill(itsPlan, outcome);
  return { verdict, checks, check: (name: string) => checks.find((c) => c.name === name) as Check };
};
const found = (differing: Partial<Found>): RestoreDrillOutcome => ({ ...good, found: { ...good.found, ...differing } });
const structure = (differing: Partial<Found["structure"]>) =>
  found({ structure: { ...good.found.structure, ...differing } });
const { before, after } = good.markers;

test("a drill without any failure passes all seven checks, each with its figures", () => {
  const { verdict, checks, check } = judged(good);
  expect(verdict).toBe("pass");
  expect(checks.map((c) => `${c.name} ${c.verdict}`)).toEqual([
    "database-recovers pass",
    "recovery-time pass",
    "recovery-exposure pass",
    "markers-bracket-target pass",
    "last-commit-meets-target pass",
    "heaps-and-indexes-are-sound pass",
    "catalog-equals-source pass",
  ]);
  expect(check("recovery-time").figures).toEqual({ rtoAchievedSeconds: 600, rtoSeconds: 3600 });
  expect(check("recovery-exposure").figures).toEqual({ rpoAchievedSeconds: 240, rpoSeconds: 600 });
  expect(check("last-commit-meets-target").figures).toMatchObject({ targetErrorSeconds: 1, targetErrorSecondsMax: 3 });
  expect(check("markers-bracket-target").figures).toMatchObject({ markerBeforeThere: true, markerAfterThere: false });
  expect(check("catalog-equals-source").figures).toMatchObject({ entries: 8 });
  expect(check("heaps-and-indexes-are-sound").figures).toMatchObject({
    relationsChecked: 280,
    relationsLeft: 0,
    damages: 0,
  });
});

describe("backups", () => {
  test("that do not exist fail, with the reason and no other check", () => {
    const { verdict, checks } = judged({
      ...good,
      restore: null,
      found: null,
      notRestorable: { at: "2026-03-01T10:00:00.000Z", reason: "switched off" },
    });
    expect({ verdict, checks: checks.map((c) => `${c.name}: ${c.explanation}`) }).toEqual({
      verdict: "fail",
      checks: ["backups-exist: switched off"],
    });
  });

  test("that cannot be recovered fail, with the cloud's reason", () => {
    const restore = {
      succeeded: false as const,
      askedAt: "2026-03-01T10:06:00.000Z",
      failedAt: "2026-03-01T10:07:00.000Z",
      reason: "incompatible-restore: a gap",
    };
    const { verdict, checks } = judged({ ...good, restore, found: null });
    expect(verdict).toBe("fail");
    expect(checks).toMatchObject([
      {
        name: "database-recovers",
        verdict: "fail",
        explanation: expect.stringContaining("incompatible-restore: a gap") as string,
      },
    ]);
  });

  test.each(["restore", "found", "recoveryTarget", "markers"] as const)(
    "are not proven by a record that lacks %s",
    (part) => {
      expect(judged({ ...good, [part]: null })).toMatchObject({ verdict: "inconclusive", checks: [] });
    },
  );
});

describe("recovery time and exposure", () => {
  const took = (seconds: number): RestoreDrillOutcome => {
    const firstQueryAt = new Date(Date.parse(good.restore.askedAt) + seconds * 1000).toISOString();
    return { ...good, restore: { ...good.restore, firstQueryAt } };
  };
  test.each([
    [3600, "pass"],
    [3600.1, "fail"],
    [0, "pass"],
    [-0.1, "inconclusive"],
    [-3600, "inconclusive"],
    [NaN, "inconclusive"],
  ])("%d s from the request to the first query, with an objective of an hour: %s", (seconds, verdict) => {
    const outcome = Number.isNaN(seconds)
      ? { ...good, restore: { ...good.restore, firstQueryAt: "unknown" } }
      : took(seconds);
    const result = judged(outcome);
    expect(result.check("recovery-time").verdict).toBe(verdict);
    expect(result.verdict).toBe(verdict);
  });
  test.each([
    [600, "pass"],
    [600.1, "fail"],
    [-86_400, "inconclusive"],
    [null, "inconclusive"],
  ])("%p s of exposure with an objective of ten minutes: %s", (rpoAchievedSeconds, verdict) => {
    const result = judged(good, { ...plan, rpoAchievedSeconds });
    expect(result.check("recovery-exposure").verdict).toBe(verdict);
    expect(result.verdict).toBe(verdict);
  });
});

describe("markers", () => {
  const bracket = (outcome: RestoreDrillOutcome) => judged(outcome).check("markers-bracket-target");
  test("fail if the one before the target is missing", () => {
    expect(bracket(found({ markers: [] }))).toMatchObject({
      verdict: "fail",
      explanation: expect.stringContaining("before the recovery target is missing") as string,
    });
  });
  test("fail if the one after the target is there", () => {
    expect(bracket(found({ markers: [before, after] }))).toMatchObject({
      verdict: "fail",
      explanation: expect.stringContaining("after the recovery target is present") as string,
    });
  });
  test("fail if both are wrong", () => expect(bracket(found({ markers: [after] })).verdict).toBe("fail"));
  test("with the right name in another row do not count", () => {
    expect(bracket(found({ markers: [{ ...before, writtenAt: "2026-03-01T10:16:00.000000Z" }] })).verdict).toBe("fail");
  });
  test("that cannot be read decide nothing", () => {
    expect(bracket(found({ markers: { undecided: "it has rules" } }))).toMatchObject({
      verdict: "inconclusive",
      explanation: "it has rules",
    });
  });
  test.each([
    ["gone from the source", { ...good.markers, beforeAgain: null }],
    ["written again in the source", { ...good.markers, beforeAgain: { ...before, committedAt: after.committedAt } }],
    ["another row in the source", { ...good.markers, beforeAgain: { ...before, writtenAt: after.writtenAt } }],
    ["there before the drill wrote it", { ...good.markers, after: { ...after, committedAt: before.committedAt } }],
    ["on the wrong side of the target", { ...good.markers, before: after, beforeAgain: after }],
  ])("that were changed in the source decide nothing: %s", (_what, markers) => {
    expect(bracket({ ...found({ markers: [] }), markers })).toMatchObject({
      verdict: "inconclusive",
      explanation: expect.stringContaining("drill again") as string,
    });
  });
});

describe("the last commit", () => {
  const reached = (lastCommitAt: string | null) =>
    judged(found({ recoveryPoint: { ...good.found.recoveryPoint, lastCommitAt } })).check("last-commit-meets-target")
      .verdict;
  test.each([
    ["2026-03-01T10:00:04.000000Z", "pass"],
    ["2026-03-01T10:00:01.000000Z", "pass"],
    ["2026-03-01T10:00:00.800000Z", "fail"],
    ["2026-03-01T10:00:04.200000Z", "fail"],
    [null, "inconclusive"],
  ])("at %s, with the target at 10:00:04: %s", (at, verdict) => expect(reached(at)).toBe(verdict));
  test("that could not be read decides nothing", () => {
    expect(judged(found({ recoveryPoint: { undecided: "no" } })).check("last-commit-meets-target")).toMatchObject({
      verdict: "inconclusive",
      explanation: "no",
    });
  });
});

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
  test("not checked for lack of time say what to set, and those not checked for another reason do not", () => {
    const left = some("big", "its check did not finish within the time budget");
    expect(sound(structure({ left, outOfTime: true }))).toMatchObject({
      verdict: "inconclusive",
      explanation: expect.stringMatching(
        /; the time budget is 14400 s: give the next drill more with --structure-seconds$/,
      ) as string,
      figures: { secondsMax: 14_400 },
    });
    expect(sound(structure({ left: some("locked", "a lock") })).explanation).not.toContain("--structure-seconds");
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
  test("fails with the kinds that differ", () => {
    expect(catalog({ restored: inventory({ routine: "x", column: "y" }) })).toMatchObject({
      verdict: "fail",
      explanation: "the catalog differs from the source's in: column, routine",
    });
  });
  test("fails for a kind that only the copy has, and for one that it lacks", () => {
    expect(catalog({ restored: inventory({ policy: "x" }) }).verdict).toBe("fail");
    expect(catalog({ source: inventory({ policy: "x" }), sourceAfter: inventory({ policy: "x" }) }).verdict).toBe(
      "fail",
    );
  });
  test("is undecided in a kind that changed in the source meanwhile, unless the copy matches one of the two states", () => {
    expect(catalog({ sourceAfter: inventory({ routine: "q" }), restored: inventory({ routine: "x" }) })).toMatchObject({
      verdict: "inconclusive",
      explanation: expect.stringContaining("in: routine; drill again") as string,
    });
    expect(catalog({ sourceAfter: inventory({ routine: "q" }) }).verdict).toBe("pass");
    expect(catalog({ sourceAfter: inventory({ routine: "q" }), restored: inventory({ routine: "q" }) }).verdict).toBe(
      "pass",
    );
  });
  test("fails in a kind that did not change in the source, even if another did", () => {
    expect(catalog({ sourceAfter: inventory({ routine: "q" }), restored: inventory({ column: "x" }) }).verdict).toBe(
      "fail",
    );
  });
  test.each(["source", "sourceAfter", "restored"] as const)(
    "is undecided if %s could not be read, or if nothing could",
    (one) => {
      expect(catalog({ [one]: { undecided: "a lock" } })).toMatchObject({
        verdict: "inconclusive",
        explanation: "a lock",
      });
      expect(catalog({ restored: { ...inventory(), counts: {} } }).verdict).toBe("inconclusive");
    },
  );
});

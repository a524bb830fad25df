import type { Found, RestoreDrillOutcome } from "../../../../automation/operations/restore-drill/outcome";
import type { RestoreDrillPlan } from "../../../../automation/operations/restore-drill/plan";
import { found, good, inventory, judged, plan } from "./drills";

const { before, after } = good.markers;

test("a drill without any failure passes all eight checks, each with its figures", () => {
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
    "sequences-continue pass",
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
    const witnesses = {
      before: good.found.witnesses.before,
      after: { committedAt: after.committedAt, inCopyAt: after.committedAt },
    };
    expect(bracket(found({ markers: [before, after], witnesses }))).toMatchObject({
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

describe("who writes to the copy", () => {
  const bracket = (differing: Partial<Found>) => judged(found(differing)).check("markers-bracket-target");
  const there = (isBefore: boolean, isAfter: boolean): Partial<Found> => ({
    witnesses: {
      before: { committedAt: before.committedAt, inCopyAt: isBefore ? before.committedAt : null },
      after: { committedAt: after.committedAt, inCopyAt: isAfter ? after.committedAt : "2026-03-01T10:16:00.000000Z" },
    },
  });
  test("hides no marker: the transaction that wrote it is there", () => {
    expect(bracket({ markers: [before], ...there(true, true) })).toMatchObject({
      verdict: "fail",
      explanation: "what was committed after the recovery target is present",
    });
  });
  test("forges none: the transaction that would have written it is not there", () => {
    expect(bracket({ markers: [before], ...there(false, false) })).toMatchObject({
      verdict: "fail",
      explanation: "what was committed before the recovery target is missing",
    });
    expect(bracket({ markers: [before, after], ...there(true, false) })).toMatchObject({
      verdict: "inconclusive",
      explanation: expect.stringContaining("someone wrote the marker") as string,
    });
  });
  test("matters if no commit times are kept: then only the rows tell", () => {
    const recoveryPoint = { ...good.found.recoveryPoint, lastCommitAt: null };
    expect(bracket({ markers: [before, after], recoveryPoint }).verdict).toBe("fail");
    expect(bracket({ markers: [before], recoveryPoint, ...there(false, false) }).verdict).toBe("pass");
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

describe("a drill of an earlier moment", () => {
  const target = "2026-03-01T09:00:00.000Z";
  const itsPlan: RestoreDrillPlan = { ...plan, drilled: { to: "time", target } };
  const commit = (committedAt: string, isThere: boolean) => ({ committedAt, inCopyAt: isThere ? committedAt : null });
  const witnesses = {
    before: commit("2026-03-01T08:51:00.000000Z", true),
    after: commit("2026-03-01T09:02:00.000000Z", false),
  };
  const outcome = (of: Found["witnesses"]) => ({
    ...found({
      markers: null,
      source: null,
      witnesses: of,
      recoveryPoint: { ...good.found.recoveryPoint, lastCommitAt: "2026-03-01T08:51:00.000000Z" },
      catalog: { restored: inventory(), missing: [], losses: { compared: 8, lostCount: 0, lost: [] } },
    }),
    recoveryTarget: target,
    markers: null,
  });
  const verdictOf = (of: Found["witnesses"]) => judged(outcome(of), itsPlan).check("last-commit-meets-target").verdict;

  test("has no markers: it says so, and counts none as passed", () => {
    const { verdict, checks, check } = judged(outcome(witnesses), itsPlan);
    expect([verdict, checks.map(({ name }) => name)]).toEqual([
      "pass",
      [
        "database-recovers",
        "recovery-time",
        "recovery-exposure",
        "last-commit-meets-target",
        "heaps-and-indexes-are-sound",
        "catalog-equals-source",
        "sequences-continue",
      ],
    ]);
    expect(check("database-recovers")).toMatchObject({
      explanation: expect.stringContaining("not applicable: markers-bracket-target") as string,
      figures: { notApplicable: "markers-bracket-target" },
    });
  });
  test("passes if the copy ends where the source's commits say, however long before the target that is", () => {
    expect(verdictOf(witnesses)).toBe("pass");
    expect(verdictOf({ ...witnesses, after: null })).toBe("pass");
  });
  test("fails if the source's last commit before the target is missing, or its next one is there", () => {
    expect(verdictOf({ ...witnesses, before: commit("2026-03-01T08:59:00.000000Z", false) })).toBe("fail");
    expect(verdictOf({ ...witnesses, after: commit("2026-03-01T09:02:00.000000Z", true) })).toBe("fail");
  });
  test("takes a transaction of the copy's own that has the same id for another", () => {
    const other = { committedAt: "2026-03-01T09:02:00.000000Z", inCopyAt: "2026-03-01T10:20:00.000000Z" };
    expect(verdictOf({ ...witnesses, after: other })).toBe("pass");
    expect(verdictOf({ ...witnesses, before: { ...other, committedAt: "2026-03-01T08:59:00.000000Z" } })).toBe("fail");
  });
  test("is undecided if the source does not know its commits any more", () => {
    expect(verdictOf({ before: null, after: witnesses.after })).toBe("inconclusive");
    expect(verdictOf({ undecided: "a lock" })).toBe("inconclusive");
    expect(verdictOf(null)).toBe("inconclusive");
  });
});

test("a drill of a snapshot names the checks that do not apply to it, and has none of them", () => {
  const snapshot = {
    identifier: "orders-2026-02",
    arn: "arn:aws:rds:eu-central-1:123456789012:snapshot:orders-2026-02",
    createdAt: "2026-02-28T23:00:00.000Z",
    engineVersion: "17.9",
    allocatedStorageGib: 20,
  };
  const itsPlan: RestoreDrillPlan = { ...plan, drilled: { to: "snapshot", snapshot } };
  const outcome = {
    ...found({
      markers: null,
      source: null,
      witnesses: null,
      catalog: { restored: inventory(), missing: [], losses: { compared: 8, lostCount: 0, lost: [] } },
    }),
    recoveryTarget: null,
    markers: null,
  };
  const { verdict, checks, check } = judged(outcome, itsPlan);
  expect([verdict, checks.map(({ name }) => name)]).toEqual([
    "pass",
    [
      "database-recovers",
      "recovery-time",
      "heaps-and-indexes-are-sound",
      "catalog-equals-source",
      "sequences-continue",
    ],
  ]);
  expect(check("database-recovers")).toMatchObject({
    explanation: expect.stringMatching(
      /snapshot orders-2026-02 .*not applicable: recovery-exposure .*markers-bracket-target .*last-commit-meets-target/,
    ) as string,
    figures: { snapshot: snapshot.arn, recoveryTarget: null },
  });
  const failed = { succeeded: false as const, askedAt: good.restore.askedAt, failedAt: "then", reason: "gone" };
  expect(judged({ ...outcome, restore: failed, found: null }, itsPlan).check("database-recovers")).toMatchObject({
    verdict: "fail",
    explanation: "the snapshot orders-2026-02 could not be restored: gone",
  });
});

import { builtIn } from "../../../../components/standards/built-in";
import {
  drillStillHolds,
  planRestoreDrill,
  recoveryTarget,
  secondsBetween,
} from "../../../../automation/operations/restore-drill/plan";
import { restoreDrillRequest } from "../../../../automation/operations/restore-drill/request";
import { plan, request, source } from "./drills";

const planned = (differing: Partial<typeof source>) =>
  planRestoreDrill(request, { ...source, ...differing }, "260301100000-aaaaaaaa", builtIn);
const tagged = (tags: Record<string, string>) => planned({ tags });

test("the throwaway is named after the request, is isolated, and its tags say whose data it has, which run created it and when it expires", () => {
  expect(plan.throwaway).toEqual({
    identifier: "drill-260301100000-aaaaaaaa",
    stack: "restored-database.drill-260301100000-aaaaaaaa",
    secretsProvider: "awskms://alias/state?region=eu-central-1",
    expiresAt: "2026-03-02T10:00:00.000Z",
    instanceClass: "db.m7g.large",
    securityGroupIds: ["sg-0150a7ed000000001"],
    tags: {
      ...source.tags,
      "shipshape:run": "260301100000-aaaaaaaa",
      "shipshape:expires-on": "2026-03-02T10:00:00.000Z",
      "shipshape:purpose": "restore-drill",
    },
    createTimeoutMinutes: 60,
  });
});

test("only tags of ownership and classification are copied from the source", () => {
  expect(
    Object.keys(
      tagged({ owner: "team-orders", "shipshape:standard": "default/1/abc", backup: "daily" }).throwaway.tags,
    ).sort(),
  ).toEqual(["owner", "shipshape:expires-on", "shipshape:purpose", "shipshape:run"]);
});

test.each([
  [
    { tier: "gold", environment: "production" },
    { rtoSeconds: 3600, rpoSeconds: 600, days: 7, hours: 4 },
  ],
  [
    { tier: "silver", environment: "production" },
    { rtoSeconds: 14_400, rpoSeconds: 600, days: 30, hours: 2 },
  ],
  [
    { tier: "bronze", environment: "production" },
    { rtoSeconds: 86_400, rpoSeconds: 600, days: 90, hours: 1 },
  ],
  [
    { tier: "gold", environment: "development" },
    { rtoSeconds: 3600, rpoSeconds: 600, days: 90, hours: 4 },
  ],
  [{}, { rtoSeconds: 3600, rpoSeconds: 600, days: 7, hours: 4 }],
  [
    { tier: "Gold", environment: "prod" },
    { rtoSeconds: 3600, rpoSeconds: 600, days: 7, hours: 4 },
  ],
])(
  "a database tagged %j is held to its tier's objectives, or to production gold's if its tier is unknown",
  (tags: Record<string, string>, expected) => {
    const { objectives, evidenceValidDays, structure } = tagged(tags);
    expect({ ...objectives, days: evidenceValidDays, hours: structure.secondsMax / 3600 }).toEqual({
      ...expected,
      targetErrorSeconds: 3,
    });
  },
);

test("a request can set how long heaps and indexes are read, within a throwaway's lifetime", () => {
  expect(
    planRestoreDrill({ ...request, structureSeconds: 50_000 }, source, "260301100000-aaaaaaaa", builtIn).structure
      .secondsMax,
  ).toBe(50_000);
  const accepts = (structureSeconds: unknown) =>
    restoreDrillRequest.safeParse({ ...request, structureSeconds }).success;
  expect([60, 57_600, undefined].map(accepts)).toEqual([true, true, true]);
  expect([59, 57_601, 100.5, NaN, "3600", null].map(accepts)).toEqual([false, false, false, false, false, false]);
});

test.each([
  ["gold", 4, 4096, 0.95],
  ["silver", 2, 2048, 0.8],
  ["bronze", 1, 1024, 0.6],
])(
  "a database of tier %s is read for %d hours, %d GiB at most, and what was read in four drills must cover %d",
  (tier, hours, gib, share) => {
    const { structure } = tagged({ tier, environment: "production" });
    expect(structure).toMatchObject({ secondsMax: hours * 3600, bytesMax: gib * 2 ** 30, coverageMin: share });
  },
);

test("what was read counts for four drills; a request can set how much is read", () => {
  expect(plan.structure.coverageDays).toBe(28);
  expect(
    planRestoreDrill({ ...request, structureGib: 7 }, source, "260301100000-aaaaaaaa", builtIn).structure.bytesMax,
  ).toBe(7 * 2 ** 30);
});

test.each([
  [{}, { to: "latest" }, undefined],
  [
    { at: "2026-03-01T10:00:00+02:00" },
    { to: "time", target: "2026-03-01T08:00:00.000Z" },
    "backups of 2026-03-01T08:00:00.000Z",
  ],
])("a request with %j restores %j, and a part of the backups is its own subject", (fields, recovery, subject) => {
  const made = planRestoreDrill({ ...request, ...fields }, source, "260301100000-aaaaaaaa", builtIn);
  expect([made.drilled, made.subject]).toEqual([recovery, subject]);
});

test("the exposure is from the newest restorable time to the observation; unknown if nothing can be restored", () => {
  expect(plan.rpoAchievedSeconds).toBe(240);
  expect(planned({ latestRestorableTime: null }).rpoAchievedSeconds).toBeNull();
});

test("the wait for the second marker is longer than any objective, so that a wait that times out is a failure", () => {
  expect(plan.restorableWaitSeconds).toBe(1800);
  expect(plan.restorableWaitSeconds).toBeGreaterThan(plan.objectives.rpoSeconds);
});

test("a copy is checked with one session per vCPU, 16 at most, or 2 if its class does not show the number", () => {
  const sessions = (instanceClass: string) => planned({ instanceClass }).structure.connections;
  for (const { instanceClass, vcpus } of Object.values(builtIn.sizes)) expect(sessions(instanceClass)).toBe(vcpus);
  expect(["db.t3.micro", "db.r5.large", "db.t4g.xlarge", "db.m6i.2xlarge", "db.r7i.24xlarge"].map(sessions)).toEqual([
    2, 2, 4, 8, 16,
  ]);
  expect(["db.serverless", "db.x2g.metal", ""].map(sessions)).toEqual([2, 2, 2]);
});

test.each([
  [20, 60],
  [499, 60],
  [500, 120],
  [2600, 360],
  [64_000, 360],
])("a restore of %d GiB may take %d minutes", (allocatedStorageGib, minutes) => {
  expect(planned({ allocatedStorageGib }).throwaway.createTimeoutMinutes).toBe(minutes);
});

test.each([
  ["2026-03-01T10:00:01.000000Z", "2026-03-01T10:00:03.000Z"],
  ["2026-03-01T10:00:01.000001Z", "2026-03-01T10:00:03.000Z"],
  ["2026-03-01T10:00:01.001000Z", "2026-03-01T10:00:04.000Z"],
  ["2026-03-01T10:00:01.999999Z", "2026-03-01T10:00:04.000Z"],
])("a marker committed at %s has its target at %s: the first whole second two seconds later", (at, target) => {
  expect(recoveryTarget(at, 2)).toBe(target);
});

test("the seconds between two times are rounded to tenths, and keep their sign", () => {
  expect(secondsBetween("2026-03-01T10:00:00.000Z", "2026-03-01T10:00:01.260Z")).toBe(1.3);
  expect(secondsBetween("2026-03-01T10:00:01.000Z", "2026-03-01T10:00:00.000Z")).toBe(-1);
});

describe("before a drill runs, its plan", () => {
  const holds = (observed: Partial<typeof source>) => drillStillHolds(plan, { ...source, ...observed });

  test("holds while only time has passed, for half the life of the throwaway", () => {
    expect(holds({ observedAt: "2026-03-01T22:00:00.000Z", latestRestorableTime: "2026-03-01T21:56:00.000Z" })).toBe(
      true,
    );
    expect(holds({ observedAt: "2026-03-01T22:00:00.001Z" })).toBe(false);
  });

  test.each<[string, Partial<typeof source>]>([
    ["is another under the same name", { resourceId: "db-OTHER" }],
    ["was resized", { instanceClass: "db.m7g.xlarge" }],
    ["was upgraded", { engineVersion: "17.11" }],
    ["has another tier", { tags: { ...source.tags, tier: "bronze" } }],
    ["has no backups any more", { backupRetentionDays: 0 }],
    ["has nothing to restore any more", { latestRestorableTime: null }],
    ["is isolated by another group", { isolationSecurityGroupIds: ["sg-2"] }],
    ["is asserted about otherwise", { assertions: [{ name: "a", sql: "select", searchPath: [], sha256: "ab" }] }],
  ])("does not hold if the database %s", (_, observed) => {
    expect(holds(observed)).toBe(false);
  });
});

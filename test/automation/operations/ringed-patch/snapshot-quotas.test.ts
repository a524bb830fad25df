import { builtIn } from "../../../../components/standards/built-in";
import { planTrain, type TrainCandidate } from "../../../../automation/operations/ringed-patch/plan";
import { ringedPatchRequest } from "../../../../automation/operations/ringed-patch/request";
import {
  placesOf,
  snapshotShortages,
  type PlacedQuota,
} from "../../../../automation/operations/ringed-patch/snapshot-quotas";

const here = { account: "123456789012", region: "eu-central-1" };
const there = { account: "123456789012", region: "eu-west-1" };
const databases = (count: number, place = here, from = "17.9"): TrainCandidate[] =>
  Array.from({ length: count }, (_, at) => ({
    ...{ identifier: `${place.region}-${at}`, resourceId: `db-${place.region}-${at}`, arn: "", ...place },
    ...{ from, stack: "shipshape/database.x", obstacles: [], tags: { tier: "bronze", environment: "development" } },
  }));
const planned = (all: TrainCandidate[], snapshotQuotas?: PlacedQuota[]) =>
  planTrain(
    ringedPatchRequest.parse({ to: "17.10", fleet: true }),
    { databases: all, unreachable: [], located: true, today: "2026-11-27", ...(snapshotQuotas && { snapshotQuotas }) },
    builtIn,
  );

test("a plan says where its snapshots do not fit, and lists nobody as left out for that", () => {
  const { text, left, rings, snapshotShortages: short } = planned(databases(8), [{ ...here, used: 95, max: 100 }]);
  expect(text).toContain(
    "It takes 8 snapshots in 123456789012 eu-central-1, where RDS takes 5 more (95 of 100 are used): with none left a patch fails before anything is changed, and halts the train.",
  );
  expect(short).toEqual([{ ...here, used: 95, max: 100, needed: 8 }]);
  expect([left, rings.flatMap((one) => one.databases).length]).toEqual([[], 8]);
});

test("to the last one that fits, it says nothing", () => {
  const says = (used: number) => planned(databases(5), [{ ...here, used, max: 100 }]).snapshotShortages.length;
  expect([0, 94, 95, 96, 100, 120].map(says)).toEqual([0, 0, 0, 1, 1, 1]);
  expect(planned(databases(5), [{ ...here, used: 120, max: 100 }]).text).toContain("where RDS takes 0 more");
});

test("each account and Region has a quota of its own, and only databases that are patched count", () => {
  const all = [...databases(3), ...databases(2, there), ...databases(9, there, "17.10")];
  const quotas = [
    { ...here, used: 98, max: 100 },
    { ...there, used: 98, max: 100 },
  ];
  expect(planned(all, quotas).snapshotShortages).toEqual([{ ...here, used: 98, max: 100, needed: 3 }]);
  expect(placesOf(all)).toEqual([here, there]);
});

test("a quota that could not be read is no quota that is large enough, unless nothing is patched there", () => {
  const unread = "fleet-unreadable: AccessDenied";
  const { text } = planned(databases(1), [
    { ...here, unread },
    { ...there, unread },
  ]);
  expect(text).toContain(
    `It takes 1 snapshot in 123456789012 eu-central-1, and whether they fit is not known: ${unread}`,
  );
  expect(text).not.toContain("eu-west-1");
  expect(snapshotShortages([], [{ ...here, unread }])).toEqual([]);
});

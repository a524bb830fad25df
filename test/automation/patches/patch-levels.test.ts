import { builtIn } from "../../../components/standards/built-in";
import { patchStatuses, type KnownVersion } from "../../../automation/patches/patch-levels";
import type { OfferedVersions } from "../../../automation/version-records";

const today = "2026-11-27";
const offer: OfferedVersions = {
  targets: {
    "17.9": [
      { version: "17.10", isMajor: false },
      { version: "18.4", isMajor: true },
    ],
    "17.10": [{ version: "18.4", isMajor: true }],
    "16.11": [
      { version: "16.14", isMajor: false },
      { version: "16.13", isMajor: false },
    ],
  },
  support: {
    "13": { standardEnds: "2026-02-28" },
    "16": { standardEnds: "2029-02-28" },
    "17": { standardEnds: "2027-03-31" },
    "18": { standardEnds: null },
  },
};

const database = (identifier: string, engineVersion: string, more: Partial<KnownVersion> = {}): KnownVersion => ({
  identifier,
  resourceId: `db-${identifier.toUpperCase()}`,
  arn: `arn:aws:rds:eu-central-1:123456789012:db:${identifier}`,
  account: "123456789012",
  region: "eu-central-1",
  engineVersion,
  pendingVersion: null,
  maintenanceWindow: "sun:23:30-mon:00:30",
  autoMinorVersionUpgrade: false,
  rolloutOrder: null,
  replicaOf: null,
  maintenance: [],
  tags: { owner: "team-orders", "service-tier": "gold" },
  ...more,
});
const statuses = (...databases: KnownVersion[]) => patchStatuses(databases, () => offer, builtIn, today);
const [one] = [(known: KnownVersion) => statuses(known)[0]!];

test("a database without a newer minor is current, whatever majors RDS offers", () => {
  expect(one(database("orders", "17.10"))).toMatchObject({
    level: "current",
    reasons: [],
    newestMinor: "17.10",
    minorsBehind: 0,
    daysBehind: null,
    owner: "team-orders",
  });
});

test("how far a database is behind counts from the first release that it lacks", () => {
  expect(one(database("orders", "17.9"))).toMatchObject({
    level: "behind",
    reasons: ["RDS offers 17.10"],
    newestMinor: "17.10",
    minorsBehind: 1,
    // 17.10 is of 14 May 2026.
    daysBehind: 197,
  });
});

test("a minor below the standard's minimum, a major that it lacks and one whose approval is over are not approved", () => {
  expect(one(database("a", "16.11"))).toMatchObject({
    level: "not-approved",
    reasons: ["the standard's minimum is 16.13", "RDS offers 16.14"],
    newestMinor: "16.14",
    minorsBehind: 3,
    // 16.12 is of 12 February 2026.
    daysBehind: 288,
  });
  expect(one(database("b", "13.20-rds.20250101"))).toMatchObject({
    level: "not-approved",
    reasons: ["the standard has no major 13, only 16, 17, 18", "RDS's standard support of 13 ended on 2026-02-28"],
    newestMinor: "13.20-rds.20250101",
    daysBehind: null,
  });
  expect(patchStatuses([database("c", "16.14")], () => offer, builtIn, "2028-11-10")[0]).toMatchObject({
    level: "not-approved",
    reasons: ["the standard approved 16 until 2028-11-09"],
  });
});

test("a version that is approved and out of RDS's support is unsupported", () => {
  expect(patchStatuses([database("orders", "17.10")], () => offer, builtIn, "2027-04-01")[0]).toMatchObject({
    level: "unsupported",
    reasons: ["RDS's standard support of 17 ended on 2027-03-31"],
  });
});

test("where RDS does not say what it offers, nothing is guessed", () => {
  expect(patchStatuses([database("orders", "17.9")], () => undefined, builtIn, today)[0]).toMatchObject({
    level: "current",
    newestMinor: "17.9",
    daysBehind: null,
    supportEnds: null,
  });
  // A release whose day is not known.
  const later = { targets: { "17.10": [{ version: "17.11", isMajor: false }] }, support: {} };
  expect(patchStatuses([database("orders", "17.10")], () => later, builtIn, today)[0]).toMatchObject({
    level: "behind",
    minorsBehind: 1,
    daysBehind: null,
  });
});

test("what else changes a version, or ends its support, is said", () => {
  const known = database("orders", "17.9", {
    pendingVersion: "17.10",
    autoMinorVersionUpgrade: true,
    rolloutOrder: "second",
    replicaOf: "ledger",
    maintenance: [
      { action: "system-update", appliedAfter: "2026-12-24" },
      { action: "os-upgrade", appliedAfter: null },
    ],
  });
  expect(one(known).notices).toEqual([
    "17.10 is pending and applied in the window sun:23:30-mon:00:30",
    'RDS upgrades its minor in the window when it chooses to, in the order "second" of AWS\'s rollout policy',
    "AWS has scheduled system-update, applied from 2026-12-24 on without being asked",
    "AWS has scheduled os-upgrade",
    "a replica of ledger: it is patched with it",
    "RDS's standard support of 17 ends in 124 days, on 2027-03-31",
  ]);
  expect(one(database("wiki", "16.14")).notices).toEqual([]);
});

test("the worst come first, and of these the longest behind", () => {
  const found = statuses(
    database("current", "17.10"),
    database("behind", "17.9"),
    database("old", "13.20"),
    database("below", "16.11"),
  );
  expect(found.map((status) => status.database.identifier)).toEqual(["below", "old", "behind", "current"]);
});

test("an instance that a switchover has replaced is not behind, whatever it runs, and comes last", () => {
  const [kept, orders] = [database("orders-old1", "12.1"), database("orders", "17.10")];
  const replacedBy = (known: KnownVersion) => (known === kept ? { requestId: "patch-1" } : undefined);
  const found = patchStatuses([kept, orders], () => offer, builtIn, today, [], replacedBy);
  expect(found.map(({ database: { identifier }, level }) => [identifier, level])).toEqual([
    ["orders", "current"],
    ["orders-old1", "replaced"],
  ]);
  expect(found[1]?.reasons).toEqual([
    "request patch-1 has replaced it; it is kept until `retire-replaced-instance` deletes it",
  ]);
});

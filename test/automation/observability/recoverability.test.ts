import {
  recoverabilities,
  type KnownOfTheFleet,
  type SignedDrill,
} from "../../../automation/observability/recoverability";
import type { DeclaredDatabase, FleetDatabase } from "../../../automation/fleet-records";
import type { CopyStanding, SignedCopy } from "../../../automation/copy-records";
import { databaseCalled } from "../evidence/sealed-runs";

const now = new Date("2026-06-15T00:00:00Z");
const day = (n: number) => new Date(now.getTime() + n * 86_400_000);
const inFleet = (name: string, more: Partial<FleetDatabase> = {}): FleetDatabase => ({
  ...databaseCalled(name),
  restorableFrom: day(-7),
  backupRetentionDays: 7,
  size: { instanceClass: "db.m7g.large", storageGib: 100, storageType: "gp3" },
  tags: {},
  ...more,
});
const drill = (position: number, verdict: SignedDrill["verdict"], more: Partial<SignedDrill> = {}): SignedDrill => ({
  position,
  requestId: `drill-${position}`,
  target: "orders",
  database: databaseCalled("orders"),
  verdict,
  tornDown: true,
  copyHours: 1,
  backupRetentionDays: 7,
  recoveryTarget: undefined,
  errorCode: undefined,
  issuedAt: day(-1),
  expiresOn: day(29),
  ...more,
});
const known = (more: Partial<KnownOfTheFleet> = {}): KnownOfTheFleet => ({
  fleet: { asked: true, databases: [inFleet("orders")] },
  drills: [],
  lost: [],
  now,
  ...more,
});
const words = (k: KnownOfTheFleet) => recoverabilities(k).map((r) => `${r.database.identifier} ${r.recoverability}`);
const ofOrders = (drills: SignedDrill[], more: Partial<KnownOfTheFleet> = {}) =>
  recoverabilities(known({ drills, ...more }))[0]!;

describe("a database of the fleet", () => {
  test("is fresh after a pass with its teardown, until the moment it expires", () => {
    expect(ofOrders([drill(1, "pass")])).toMatchObject({
      recoverability: "fresh",
      reason: "drill drill-1 passed",
      decidedBy: { requestId: "drill-1" },
    });
    expect(ofOrders([drill(1, "pass", { expiresOn: new Date(now.getTime() + 1) })]).recoverability).toBe("fresh");
    expect(ofOrders([drill(1, "pass", { expiresOn: now })])).toMatchObject({
      recoverability: "stale",
      reason: "drill drill-1 has expired",
    });
  });

  test("is failed after a later fail, whatever passed before, and whatever the order of the statements", () => {
    expect(ofOrders([drill(2, "fail"), drill(1, "pass")])).toMatchObject({
      recoverability: "failed",
      reason: "drill drill-2 failed",
    });
    expect(ofOrders([drill(1, "pass"), drill(2, "fail", { tornDown: false, expiresOn: day(-1) })]).recoverability).toBe(
      "failed",
    );
    expect(ofOrders([drill(3, "pass"), drill(2, "fail")]).recoverability).toBe("fresh");
  });

  test("is unproven after a pass whose throwaway is not proven gone; an older complete proof still counts", () => {
    expect(ofOrders([drill(1, "pass", { tornDown: false })])).toMatchObject({
      recoverability: "unproven",
      reason: expect.stringContaining("throwaway") as string,
    });
    expect(ofOrders([drill(1, "pass"), drill(2, "pass", { tornDown: false })])).toMatchObject({
      recoverability: "fresh",
      decidedBy: { requestId: "drill-1" },
    });
    expect(ofOrders([drill(1, "fail"), drill(2, "pass", { tornDown: false })]).recoverability).toBe("failed");
  });

  test("that was never drilled, has no verdict, or whose backups are gone is not proven, and the reason is given", () => {
    const without = { fleet: { asked: true as const, databases: [inFleet("orders", { restorableFrom: null })] } };
    expect(ofOrders([])).toMatchObject({ recoverability: "never", reason: "it was never drilled" });
    expect(ofOrders([], without)).toMatchObject({
      recoverability: "never",
      reason: "it was never drilled; it has no automated backups",
    });
    expect(ofOrders([drill(1, "inconclusive")])).toMatchObject({
      recoverability: "unproven",
      reason: "no drill of it reached a verdict",
      beside: [{ position: 1 }],
    });
    expect(ofOrders([drill(1, "pass")], without)).toMatchObject({
      recoverability: "unproven",
      reason: "the backups that drill drill-1 proved are gone",
    });
    expect(ofOrders([drill(1, "fail")], without)).toMatchObject({
      recoverability: "failed",
      reason: "drill drill-1 failed; it has no automated backups",
    });
  });

  test.each([
    ["as far back as they are kept", -20, 7, 7, -7, "fresh"],
    ["a daily backup less than that", -20, 7, 7, -6, "fresh"],
    ["to before the drill, and were off before it", -1, 7, 7, -2, "fresh"],
    ["to after the drill, and are kept for longer", -20, 7, 7, -3, "unproven"],
    ["to after the drill of an hour ago", -1 / 24, 7, 7, -0.01, "unproven"],
    ["as far back as they were kept before the retention was raised", -20, 7, 35, -8, "fresh"],
    ["less than that, after it was raised", -20, 7, 35, -2, "unproven"],
    ["as far back as they are kept since it was lowered", -20, 35, 7, -7, "fresh"],
    ["less than a retention that the plan does not say", -20, undefined, 7, -3, "unproven"],
  ] as const)(
    "whose backups reach %s (drilled on day %d, kept %s, now %d days, from day %d) is %s",
    (_, drilled, then, today, from, word) => {
      const fleet = {
        asked: true as const,
        databases: [inFleet("orders", { restorableFrom: day(from), backupRetentionDays: today })],
      };
      const { recoverability, reason } = ofOrders(
        [drill(1, "pass", { issuedAt: day(drilled), backupRetentionDays: then })],
        { fleet },
      );
      expect(recoverability).toBe(word);
      if (word === "unproven")
        expect(reason).toBe(
          `the backups that drill drill-1 proved are gone: nothing before ${day(from).toISOString()} can be restored`,
        );
    },
  );

  test("is another database if recreated under its name, or in another account or Region", () => {
    for (const other of [{ resourceId: "db-BEFORE" }, { account: "210987654321" }, { region: "eu-west-1" }])
      expect(ofOrders([drill(1, "pass", { database: { ...databaseCalled("orders"), ...other } })])).toMatchObject({
        recoverability: "never",
        reason: "another database had this name when it was drilled; this one was never drilled",
      });
  });

  test("without a resource id is never the drilled database, not even one without a resource id", () => {
    const nameless = { ...databaseCalled("orders"), resourceId: "" };
    const fleet = { asked: true as const, databases: [inFleet("orders", nameless)] };
    expect(words(known({ fleet, drills: [drill(1, "pass", { database: nameless })] }))[0]).toBe("orders never");
  });

  test("stays the same database when renamed", () => {
    const renamed = {
      ...inFleet("orders"),
      identifier: "orders-old",
      arn: "arn:aws:rds:eu-central-1:123456789012:db:orders-old",
    };
    expect(words(known({ fleet: { asked: true, databases: [renamed] }, drills: [drill(1, "pass")] }))).toEqual([
      "orders-old fresh",
    ]);
  });

  test("is listed with later runs that decided nothing, even those that never found the database, and no others", () => {
    const unnamed = { database: undefined, target: "orders" };
    const drills = [
      drill(1, "inconclusive"),
      drill(2, "pass"),
      drill(3, "inconclusive"),
      drill(4, "inconclusive", unnamed),
      drill(5, "inconclusive", { ...unnamed, target: "x" }),
    ];
    const { recoverability, beside } = ofOrders(drills);
    expect([recoverability, beside.map((d) => d.position)]).toEqual(["fresh", [3, 4]]);
  });

  test("is unknown if an unreadable statement is newer", () => {
    const lost = (position: number) => ofOrders([drill(5, "pass")], { lost: [{ position }] }).recoverability;
    expect([lost(6), lost(Infinity), lost(4)]).toEqual(["unknown", "unknown", "fresh"]);
    expect(ofOrders([], { lost: [{ position: 0 }] }).recoverability).toBe("unknown");
  });

  test("is unknown after a pass dated in the future; two clocks may differ by minutes, and a fail counts whenever it was", () => {
    const sealedIn = (seconds: number, verdict: SignedDrill["verdict"] = "pass") =>
      ofOrders([drill(1, verdict, { issuedAt: new Date(now.getTime() + seconds * 1000), expiresOn: day(3650) })]);
    expect(sealedIn(301)).toMatchObject({
      recoverability: "unknown",
      reason: expect.stringMatching(/in the future: a clock is wrong/) as string,
    });
    expect([sealedIn(300).recoverability, sealedIn(86_400, "fail").recoverability]).toEqual(["fresh", "failed"]);
  });
});

describe("the fleet", () => {
  test("contains every database of the cloud, by name, drilled or not", () => {
    const databases = ["payments", "orders", "ledger"].map((name) => inFleet(name));
    expect(words(known({ fleet: { asked: true, databases }, drills: [drill(1, "pass")] }))).toEqual([
      "ledger never",
      "orders fresh",
      "payments never",
    ]);
  });

  test("that could not be queried makes every drilled database unknown, with its last verdict but without a proof", () => {
    const [only] = recoverabilities(
      known({ fleet: { asked: false, reason: "no answer" }, drills: [drill(1, "fail"), drill(2, "pass")] }),
    );
    expect(only).toMatchObject({
      recoverability: "unknown",
      reason: "the cloud could not be queried: no answer; drill drill-2 said pass",
      decidedBy: undefined,
    });
  });

  test("does not contain a deleted database, which is reported until its evidence expires", () => {
    const gone = { target: "gone", database: databaseCalled("gone") };
    expect(recoverabilities(known({ drills: [drill(1, "pass", gone)] }))[1]).toMatchObject({
      recoverability: "unproven",
      reason: "the cloud no longer has a database with resource id db-GONE; drill drill-1 said pass",
    });
    expect(words(known({ drills: [drill(1, "pass", { ...gone, expiresOn: now })] }))).toEqual(["orders never"]);
  });

  test("of another account or Region was not queried, and is unknown", () => {
    const abroad = { target: "abroad", database: { ...databaseCalled("abroad"), region: "us-east-1" } };
    expect(recoverabilities(known({ drills: [drill(1, "pass", abroad)] }))[1]).toMatchObject({
      recoverability: "unknown",
      reason: "account 123456789012, Region us-east-1 was not queried; drill drill-1 said pass",
    });
  });

  test("contains what a stack declares and the cloud does not have, drilled or not, and each database once", () => {
    const declare = (name: string, more: Partial<DeclaredDatabase> = {}): DeclaredDatabase => ({
      ...databaseCalled(name),
      stack: "shop/prod",
      urn: "urn:pulumi:prod::shop::shipshape:index:StandardDatabase::orders",
      tags: {},
      isStandard: true,
      ...more,
    });
    const declared = [declare("orders"), declare("gone"), declare("abroad", { region: "us-east-1" })];
    const gone = { target: "gone", database: databaseCalled("gone") };
    const reasons = (more: Partial<KnownOfTheFleet>) =>
      recoverabilities(known({ declared, ...more })).map((r) => `${r.database.identifier} ${r.recoverability}`);
    expect(reasons({})).toEqual(["orders never", "abroad unknown", "gone never"]);
    expect(reasons({ drills: [drill(1, "pass", gone)] })).toEqual(["orders never", "abroad unknown", "gone unproven"]);
    expect(reasons({ fleet: { asked: false, reason: "no answer" } })).toEqual([
      "abroad unknown",
      "gone unknown",
      "orders unknown",
    ]);
    // A Region that has no database at all did answer.
    const cloud = { account: "123456789012", region: "eu-central-1", address: "https://rds" };
    expect(reasons({ fleet: { asked: true, databases: [], clouds: [cloud] } })).toEqual([
      "abroad unknown",
      "gone never",
      "orders never",
    ]);
    expect(reasons({ fleet: { asked: true, databases: [], clouds: [{ ...cloud, account: undefined }] } })).toEqual([
      "abroad unknown",
      "gone unknown",
      "orders unknown",
    ]);
  });
});

describe("a masked copy", () => {
  const signed = {
    ...{ requestId: "refresh-1", requestedBy: "ana", expiresOn: "2026-06-20" },
    source: { database: databaseCalled("orders-production"), tags: {} },
  } as unknown as SignedCopy;
  const judged = (standing: CopyStanding, at = now) => ofOrders([], { standingOf: () => standing, now: at });

  test("is shown as one, with its last day and the reason why no drill proves its recovery", () => {
    expect(judged({ standing: "proven", copy: signed })).toMatchObject({
      recoverability: "copy",
      reason:
        "a masked copy of orders-production until 2026-06-20: it is not drilled, since another refresh brings it back",
      copy: { of: "orders-production", expiresOn: "2026-06-20", madeBy: "refresh-1", requestedBy: "ana" },
      decidedBy: undefined,
    });
  });

  test("whose time is over counts as one for a week, in which it is removed; then it is a database like any other", () => {
    const expired: CopyStanding = { standing: "expired", copy: signed, reason: "over" };
    expect(judged(expired, new Date("2026-06-27T23:59:59Z")).recoverability).toBe("copy");
    expect(judged(expired, new Date("2026-06-28T00:00:00Z")).recoverability).toBe("never");
  });

  test.each(["withdrawn", "none", "unknown"] as const)(
    "by its tags alone, or by a statement that counts for nothing (%s), hides no database",
    (standing) => {
      const tags = { "shipshape:copy-of": "orders-production", "shipshape:copy-expires-on": "2026-06-20" };
      const fleet = { asked: true as const, databases: [inFleet("orders", { tags })] };
      expect(ofOrders([], { fleet, standingOf: () => ({ standing, reason: "r" }) }).recoverability).toBe("never");
      expect(ofOrders([], { fleet }).recoverability).toBe("never");
    },
  );
});

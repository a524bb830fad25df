// Sweeps without a cloud: which databases get a child request, what is listed instead, and what the verdict says.
import { fleetDetection } from "../../../../automation/operations/drift-detection/sweep";
import {
  childInput,
  fleetSeen,
  isSweep,
  planSweep,
  type ObservedFleet,
  type SeenDatabase,
} from "../../../../automation/operations/drift-detection/sweep-plan";
import { verifySweep, type SweptRow } from "../../../../automation/operations/drift-detection/sweep-verify";
import { childrenAtOnceMax } from "../../../../automation/operations/drift-detection/limits";
import { driftDetectionRequest } from "../../../../automation/operations/drift-detection/request";
import { targetDatabase, type DeclaredDatabase, type FleetDatabase } from "../../../../automation/fleet-records";
import type { ChildEnd } from "../../../../automation/records";
import type { RunStep } from "../../../../automation/runner/operation";
import { builtIn } from "../../../../components/standards/built-in";

const identityOf = (identifier: string, region = "eu-central-1") =>
  targetDatabase({
    identifier,
    resourceId: `db-${identifier}`,
    arn: `arn:aws:rds:${region}:123456789012:db:${identifier}`,
  });
const tags = (more: Record<string, string> = {}) => ({
  ...{ service: "orders", owner: "team-orders", environment: "production", tier: "gold", ...more },
});
const seen = (identifier: string, more: Partial<SeenDatabase> = {}, region?: string): SeenDatabase => ({
  ...identityOf(identifier, region),
  ...{ tags: tags(), inCloud: true, stacks: [`shipshape/database.${identifier}`] },
  ...more,
});
const observed = (databases: SeenDatabase[], more: Partial<ObservedFleet> = {}): ObservedFleet => ({
  ...{ databases, located: false, unreachable: [], unreadStacks: [], unidentified: [] },
  ...more,
});
const planned = (request: object, fleet: ObservedFleet) =>
  planSweep(driftDetectionRequest.parse(request), fleet, builtIn);
const named = (ones: { identifier: string }[]) => ones.map(({ identifier }) => identifier);

test.each([
  ["nothing", "refused", {}],
  ["only an account", "refused", { account: "123456789012" }],
  ["no fleet", "refused", { fleet: false }],
  ["a database and the fleet", "refused", { database: "orders", fleet: true }],
  ["a database and an owner", "refused", { database: "orders", owner: "team-orders" }],
  ["the fleet and a tier", "refused", { fleet: true, tier: "gold" }],
  ["one database", "accepted", { database: "orders" }],
  ["one database and its stack", "accepted", { database: "orders", stack: "shipshape/database.orders" }],
  ["the fleet of an account", "accepted", { fleet: true, account: "123456789012" }],
  ["several filters", "accepted", { owner: "team-orders", tier: "gold", stack: "*" }],
])("a request for %s is %s", (_, is, request) => {
  expect(driftDetectionRequest.safeParse(request).success).toBe(is === "accepted");
});

describe("the plan of a sweep", () => {
  test("names no database of its own, and asks each child for one, by the stack that declares it", () => {
    const plan = planned({ fleet: true }, observed([seen("orders"), seen("ledger")]));
    expect(plan.database).toBeUndefined();
    expect(isSweep(plan)).toBe(true);
    expect(plan.sweep.databases.map((one) => childInput(plan.sweep, one))).toEqual([
      { database: "orders", stack: "shipshape/database.orders" },
      { database: "ledger", stack: "shipshape/database.ledger" },
    ]);
    const located = { ...plan.sweep, located: true };
    expect(childInput(located, plan.sweep.databases[0]!)).toMatchObject({
      account: "123456789012",
      region: "eu-central-1",
    });
  });

  test.each<[string, object, string[]]>([
    ["an owner", { owner: "team-ledger" }, ["ledger"]],
    ["a service", { service: "orders" }, ["orders", "untagged"]],
    ["a tier, the strictest for want of one", { tier: "gold" }, ["orders", "untagged"]],
    ["an environment", { environment: "development" }, ["ledger"]],
    ["a Region", { fleet: true, region: "eu-west-1" }, ["untagged"]],
    ["a pattern of stacks", { stack: "shipshape/*.ledger" }, ["ledger"]],
    ["a stack whose name has a dot where the pattern has one", { stack: "shipshape/databasexledger" }, []],
    ["several at once", { tier: "gold", region: "eu-central-1" }, ["orders"]],
  ])("takes the databases of %s", (_, request, identifiers) => {
    const { tier: _tier, environment: _environment, ...untagged } = tags();
    const fleet = observed([
      seen("orders"),
      seen("ledger", {
        tags: tags({ owner: "team-ledger", service: "ledger", tier: "bronze", environment: "development" }),
      }),
      seen("untagged", { tags: untagged }, "eu-west-1"),
    ]);
    expect(named(planned(request, fleet).sweep.databases)).toEqual(identifiers);
  });

  test("lists what no stack declares; while a stack cannot be read, it may declare it", () => {
    const fleet = observed([seen("orders"), seen("by-hand", { stacks: [] })]);
    expect(named(planned({ fleet: true }, fleet).sweep.unmanaged)).toEqual(["by-hand"]);
    const unreadStacks = [{ stack: "shipshape/database.lost", reason: "it is broken" }];
    const { sweep } = planned({ fleet: true }, { ...fleet, unreadStacks });
    expect([sweep.unmanaged, sweep.unread]).toEqual([
      [],
      [expect.objectContaining({ identifier: "by-hand", reason: expect.stringContaining("database.lost") as string })],
    ]);
  });

  test("asks for a database that only a stack has, unless its account did not answer", () => {
    const fleet = observed([seen("gone", { inCloud: false })]);
    expect(named(planned({ fleet: true }, fleet).sweep.databases)).toEqual(["gone"]);
    const unreachable = [{ account: "123456789012", region: "eu-central-1", reason: "access denied" }];
    const { sweep } = planned({ fleet: true }, { ...fleet, unreachable });
    expect([named(sweep.databases), named(sweep.unread)]).toEqual([[], ["gone"]]);
    expect(planned({ fleet: true, region: "eu-west-1" }, { ...fleet, unreachable }).sweep.unreachable).toEqual([]);
  });

  test("names what cannot be read or told of the stacks that it is about, and of no other", () => {
    const more = {
      unreadStacks: ["shop/a", "shipshape/b"].map((stack) => ({ stack, reason: "it is broken" })),
      unidentified: ["shop/c", "shipshape/d"].map((stack) => ({ stack, what: "x has no resource id" })),
    };
    const { unreadStacks, unidentified } = planned({ stack: "shop/*" }, observed([seen("orders")], more)).sweep;
    expect([unreadStacks, unidentified].flat().map(({ stack }) => stack)).toEqual(["shop/a", "shop/c"]);
  });

  test("a name that no request can have stops no sweep: it is listed", () => {
    const { sweep } = planned({ fleet: true }, observed([seen("orders"), seen("Not_Ours")]));
    expect([named(sweep.databases), named(sweep.unread)]).toEqual([["orders"], ["Not_Ours"]]);
  });
});

test("the fleet is what cloud and stacks have, each database once, and no copy that a run has made", () => {
  const inCloud = (identifier: string): FleetDatabase => ({
    ...identityOf(identifier),
    ...{ restorableFrom: null, backupRetentionDays: 7, tags: tags() },
    size: { instanceClass: "db.t4g.micro", storageGib: 20, storageType: "gp3" },
  });
  const declared = (identifier: string, stack: string): DeclaredDatabase => ({
    ...identityOf(identifier),
    ...{ stack, urn: "", tags: tags(), isStandard: true },
  });
  const { databases, unreachable, unreadStacks, unidentified } = fleetSeen(
    { asked: true, databases: [inCloud("orders"), inCloud("copy"), inCloud("by-hand")] },
    {
      ...{ asked: true, backend: "file://", unread: [] },
      stacks: ["one", "two"].map((name) => ({
        ...{ name, platforms: [], unidentified: name === "one" ? ["x has no readable resource id"] : [] },
        databases: [declared("orders", name), declared("copy", name)],
      })),
    },
    ({ identifier }) => identifier === "copy",
    false,
  );
  expect(databases.map(({ identifier, stacks }) => [identifier, stacks])).toEqual([
    ["by-hand", []],
    ["orders", ["one", "two"]],
  ]);
  expect([unreachable, unreadStacks, unidentified]).toEqual([
    [],
    [],
    [{ stack: "one", what: "x has no readable resource id" }],
  ]);
  const nothing = fleetSeen(
    { asked: false, reason: "no credentials" },
    { asked: false, backend: undefined, reason: "no backend" },
    () => false,
    false,
  );
  expect(nothing.unreachable).toMatchObject([{ reason: "no credentials" }]);
  expect(nothing.unreadStacks).toMatchObject([{ reason: "no backend" }]);
});

/** The steps of a run whose children end in turn, and how many there were at once. */
function stepsWith(ends: (requested: string[]) => ChildEnd | undefined) {
  const requested: string[] = [];
  let [ended, atOnce] = [0, 0];
  const step = Object.assign(async (_: string, __: object, work: () => Promise<unknown>) => work(), {
    keyed: () => step,
    child: async (_: string, { database }: { database: string }) => {
      atOnce = Math.max(atOnce, requested.push(database) - ended);
      return `request-${database}`;
    },
    childEnd: async () => (ended++, ends(requested)),
  });
  return { step: step as unknown as RunStep, requested, atOnce: () => atOnce };
}
const end: ChildEnd = { requestId: "any", status: "succeeded", verdict: "pass" };
const sealedAs = async (ids: string[]) =>
  ids.map((requestId) => ({
    ...{ requestId, status: "succeeded" as const, verdict: "pass" as const },
    ...{ evidence: "a".repeat(64), reason: null },
  }));

describe("a sweep", () => {
  const many = planned({ fleet: true }, observed(Array.from({ length: 100 }, (_, at) => seen(`orders-${at}`))));

  test("requests each database once, and never more at once than its bound", async () => {
    const { step, requested, atOnce } = stepsWith(() => end);
    const { rows, digest } = await fleetDetection({ observe: unused, judged: unused, sealed: sealedAs }, builtIn).run(
      many,
      step,
    );
    expect(requested).toEqual(named(many.sweep.databases));
    expect(atOnce()).toBe(childrenAtOnceMax);
    expect(rows).toHaveLength(100);
    expect(digest).toMatch(/^[0-9a-f]{64}$/);
  });

  test("ends when none of its children does, and lists those that it has not requested", async () => {
    const { step, requested } = stepsWith((asked) => (asked.length < 20 ? end : undefined));
    const outcome = await fleetDetection({ observe: unused, judged: unused, sealed: sealedAs }, builtIn).run(
      many,
      step,
    );
    expect(requested).toHaveLength(20);
    expect(outcome.rows.filter(({ requestId }) => requestId === null)).toHaveLength(80);
    expect(verifySweep(many, outcome).verdict).toBe("inconclusive");
  });
});
const unused = () => Promise.reject(new Error("not used here"));

describe("its verdict", () => {
  const row = (identifier: string, more: Partial<SweptRow> = {}): SweptRow => ({
    ...{ identifier, account: "123456789012", region: "eu-central-1", resourceId: `db-${identifier}` },
    ...{
      requestId: `request-${identifier}`,
      status: "succeeded",
      verdict: "pass",
      evidence: "a".repeat(64),
      reason: null,
    },
    ...more,
  });
  const verdict = (fleet: ObservedFleet, rows: SweptRow[]) => {
    const plan = planned({ fleet: true }, fleet);
    const judged = {
      breaks: [{ rule: "require-tls", severity: "high" as const, actual: "off", reason: "", waivers: [] }],
      unread: [],
      remedy: "import --from",
    };
    return verifySweep(plan, {
      rows,
      digest: "d",
      unmanaged: plan.sweep.unmanaged.map((one) => ({ ...one, ...judged })),
    });
  };
  const checkOf = (name: string, { checks }: ReturnType<typeof verdict>) => checks.find((one) => one.name === name);

  test("is pass when each database was compared and none has drifted", () => {
    expect(verdict(observed([seen("orders")]), [row("orders")]).verdict).toBe("pass");
  });

  test("is inconclusive for a fleet without databases: nothing was compared", () => {
    expect(verdict(observed([]), []).verdict).toBe("inconclusive");
  });

  test.each<[string, Partial<SweptRow>, string]>([
    ["failed", { status: "failed", verdict: "inconclusive", reason: "there is no database" }, "there is no database"],
    ["was inconclusive", { verdict: "inconclusive" }, "its detection is inconclusive"],
    ["has sealed nothing", { evidence: null, verdict: null }, "it had sealed no statement"],
    ["was never requested", { requestId: null, status: null, evidence: null, reason: "its turn" }, "its turn"],
  ])("lists a database whose child %s, beside one that has drifted", (_, more, reason) => {
    const both = verdict(observed([seen("orders"), seen("ledger")]), [
      row("orders", more),
      row("ledger", { verdict: "fail" }),
    ]);
    expect(both.verdict).toBe("fail");
    expect(checkOf("every-database-was-compared", both)).toMatchObject({
      verdict: "inconclusive",
      explanation: expect.stringContaining(`orders: ${reason}`) as string,
      figures: { compared: 1, drifted: 1, unread: 1 },
    });
    expect(checkOf("no-database-has-drifted", both)?.explanation).toBe("ledger (request request-ledger)");
    expect(verdict(observed([seen("orders")]), [row("orders", more)]).verdict).toBe("inconclusive");
  });

  test.each<[string, Partial<ObservedFleet>, string]>([
    [
      "an account did not answer",
      { unreachable: [{ account: "1", region: "r", reason: "denied" }] },
      "every-account-and-region-answered",
    ],
    ["a stack could not be read", { unreadStacks: [{ stack: "s", reason: "broken" }] }, "every-stack-was-read"],
    ["a stack has what cannot be told", { unidentified: [{ stack: "s", what: "x" }] }, "every-stack-was-read"],
  ])("is inconclusive when %s", (_, more, check) => {
    const found = verdict(observed([seen("orders")], more), [row("orders")]);
    expect([found.verdict, checkOf(check, found)?.verdict]).toEqual(["inconclusive", "inconclusive"]);
  });

  test("is fail when no stack declares a database, which is named with its owner and what it breaks", () => {
    const found = verdict(observed([seen("orders"), seen("by-hand", { stacks: [] })]), [row("orders")]);
    expect(found.verdict).toBe("fail");
    expect(checkOf("every-database-is-declared", found)?.explanation).toContain(
      "by-hand (team-orders, account 123456789012",
    );
    expect(checkOf("every-database-is-declared", found)?.explanation).toMatch(
      /it breaks require-tls \(high\); import it: import --from$/,
    );
  });

  test("names ten, and counts the others", () => {
    const rows = Array.from({ length: 14 }, (_, at) => row(`orders-${at}`, { verdict: "fail" }));
    const found = verdict(observed(rows.map(({ identifier }) => seen(identifier))), rows);
    expect(checkOf("no-database-has-drifted", found)?.explanation).toMatch(/; and 4 more$/);
  });
});

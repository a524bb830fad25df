// What nobody has changed: as the real provider reports it after a first refresh, and with tags that it adds itself.
import { differencesOf } from "../../../../automation/operations/drift-detection/differences";
import type { ReadResource } from "../../../../automation/runner/pulumi-stack";

type Properties = Record<string, unknown>;
const urnOf = (type: string) => `urn:pulumi:database.orders::shipshape::shipshape:index:StandardDatabase$${type}::one`;

/** A resource whose state has these inputs and outputs, and of which the provider now reads other outputs. */
const read = (type: string, inputs: Properties, outputs: Properties, found: Properties, differing: string[]) =>
  ({
    ...{ urn: urnOf(type), type, op: "update", old: { inputs, outputs } },
    ...{ new: { inputs, outputs: { ...outputs, ...found } }, differing },
  }) satisfies ReadResource;
const classed = (resource: ReadResource) =>
  differencesOf(resource, undefined, () => []).map((one) => [one.property, one.class]);
/** Without noise. */
const drifted = (resource: ReadResource) => classed(resource).filter(([, kind]) => kind !== "noise");

const alarmType = "aws:cloudwatch/metricAlarm:MetricAlarm";
const queries = [
  {
    id: "deadlocks",
    expression: "DB_PERF_INSIGHTS('RDS', 'db-ORDERS', 'db.Concurrency.deadlocks.avg')",
    returnData: true,
  },
  { id: "other", metric: { metricName: "CPUUtilization", namespace: "AWS/RDS", period: 60, stat: "Average" } },
];
const alarm = { name: "orders-deadlocks", threshold: 1, alarmActions: ["arn:aws:sns:eu-central-1:1:alarms"] };
const readAlarm = (found: Properties) =>
  read(
    alarmType,
    { ...alarm, metricQueries: queries },
    { ...alarm, metricQueries: queries },
    { insufficientDataActions: [], dimensions: {}, ...found },
    ["insufficientDataActions", "dimensions", "metricQueries[0].period", "metricQueries[1].period"],
  );
const asRead = queries.map((query) => ({ ...query, period: 0, accountId: "" }));

test("what the real provider reports of every alarm at a first refresh is noise", () => {
  for (const metricQueries of [asRead, [...asRead].reverse()])
    expect(classed(readAlarm({ metricQueries }))).toEqual([
      ["dimensions", "noise"],
      ["insufficientDataActions", "noise"],
      ["metricQueries", "noise"],
    ]);
});

test.each([
  ["another expression", [{ ...asRead[0], expression: "0" }, asRead[1]]],
  ["another period", [{ ...asRead[0], period: 3600 }, asRead[1]]],
  ["a query less", [asRead[0]]],
  ["none", []],
])("%s in an alarm's queries is drift", (_, metricQueries) => {
  expect(drifted(readAlarm({ metricQueries }))).toEqual([["metricQueries", "drift"]]);
});

test("an action that was added to an alarm is drift", () => {
  const insufficientDataActions = ["arn:aws:sns:eu-central-1:1:x"];
  expect(drifted(readAlarm({ metricQueries: asRead, insufficientDataActions }))).toEqual([
    ["insufficientDataActions", "drift"],
  ]);
});

const instanceType = "aws:rds/instance:Instance";
const instance = { identifier: "orders", allocatedStorage: 20, maxAllocatedStorage: 100 };
const readInstance = (found: Properties) =>
  read(instanceType, instance, { ...instance, latestRestorableTime: "" }, found, Object.keys(found));

test.each<[string, Properties]>([
  ["no addresses of a domain", { domainDnsIps: [] }],
  ["the moment up to which it can be restored", { latestRestorableTime: "2026-11-27T12:05:00Z" }],
  ["storage that RDS let grow within its maximum", { allocatedStorage: 60 }],
])("of an instance, %s is noise", (_, found) => {
  expect(classed(readInstance(found))).toEqual([[Object.keys(found)[0], "noise"]]);
});

test.each<[string, Properties]>([
  ["addresses of a domain", { domainDnsIps: ["10.0.0.1"] }],
  ["storage beyond its maximum", { allocatedStorage: 200 }],
  ["less storage", { allocatedStorage: 10 }],
  ["another maximum", { maxAllocatedStorage: 50 }],
])("of an instance, %s is drift", (_, found) => {
  expect(classed(readInstance(found))).toEqual([[Object.keys(found)[0], "drift"]]);
});

test("a policy whose members are in another order is noise; one with another statement is drift", () => {
  const [policy, same] = [
    '{"Version":"1","Statement":[{"Effect":"Allow","Action":"a"}]}',
    '{"Statement":[{"Action":"a","Effect":"Allow"}],"Version":"1"}',
  ];
  const changed = (found: string) =>
    classed(read("aws:kms/key:Key", { policy }, { policy }, { policy: found }, ["policy"]));
  expect(changed(same!)).toEqual([["policy", "noise"]]);
  expect(changed('{"Version":"1","Statement":[]}')).toEqual([["policy", "drift"]]);
  expect(changed("{}")).toEqual([["policy", "drift"]]);
});

test("in what the provider takes for the same, an audited property is compared as the state and AWS have it", () => {
  const inputs = { ...instance, kmsKeyId: "alias/orders" };
  const arn = "arn:aws:kms:eu-central-1:1:key/one";
  expect(classed(read(instanceType, inputs, { ...instance, kmsKeyId: arn }, { kmsKeyId: arn }, []))).toEqual([]);
  expect(classed(read(instanceType, inputs, { ...instance, kmsKeyId: arn }, { kmsKeyId: `${arn}2` }, []))).toEqual([
    ["kmsKeyId", "drift"],
  ]);
});

describe("with a provider that adds a tag itself,", () => {
  const own = { owner: "team-orders" };
  const all = { ...own, division: "retail" };
  const tagged = (found: { tags?: Properties | null; tagsAll?: Properties | null }, differing: string[] = []) =>
    differencesOf(
      read("aws:cloudwatch/logGroup:LogGroup", { tags: own }, { tags: own, tagsAll: all }, found, differing),
      undefined,
      () => [],
    ).map((one) => [one.property, one.class, one.desired, one.actual]);

  test("its tag is no difference, in whichever property the read has it", () => {
    expect(tagged({ tags: own, tagsAll: all })).toEqual([]);
    expect(tagged({ tags: all, tagsAll: all }, ["tags.division"])).toEqual([]);
  });

  test("its tag that was removed by hand is drift, although the program does not name it", () => {
    expect(tagged({ tags: own, tagsAll: own }, ["tagsAll"])).toEqual([["tags.division", "drift", "retail", "nothing"]]);
  });

  test("a tag that was removed, changed or added by hand is one difference each", () => {
    expect(tagged({ tags: null, tagsAll: { division: "retail" } }, ["tags", "tagsAll"])).toEqual([
      ["tags.owner", "drift", "team-orders", "nothing"],
    ]);
    expect(tagged({ tags: { owner: "x", by: "hand" }, tagsAll: { ...all, owner: "x", by: "hand" } })).toEqual([
      ["tags.by", "drift", "nothing", "hand"],
      ["tags.owner", "drift", "team-orders", "x"],
    ]);
  });

  test("a secret tag is no difference unless the provider says so", () => {
    const [hidden, plain] = [{ token: "[secret]" }, { token: "plain" }];
    const both = { tags: hidden, tagsAll: plain };
    const secret = read("aws:cloudwatch/logGroup:LogGroup", { tags: hidden }, both, both, []);
    expect(classed(secret)).toEqual([]);
    expect(classed({ ...secret, differing: ['tags["token"]'] })).toEqual([["tags.token", "drift"]]);
  });
});

import {
  configWith,
  planStackChange,
  stackChangeHolds,
  type ObservedStack,
  type WantedChange,
} from "../../../automation/runner/stack-change";
import { unifiedDiff } from "../../../automation/runner/unified-diff";
import type { StackChange } from "../../../automation/fleet-records";

const file = "Pulumi.database.orders.yaml";
const config = `# Ours; the team reads it.
config:
  aws:region: eu-central-1   # where it is
  shipshape:request:
    service:   orders
    engineVersion: "17.10"  # see the train
    costCenter: '4711'

    extensions:
      - pg_stat_statements
    backups: # of ours
      retentionDays: 7
  shipshape:place:
    platformStack: platform.dev
encryptionsalt: v1:B72jKcu1aDE=
`;
const set = (path: string, value: StackChange["set"][number]["value"], text = config) =>
  configWith(file, text, { set: [{ path: path.split("."), value }] });
/** The lines that differ. */
const difference = (after: string, before = config) =>
  unifiedDiff(file, before, after, 0)
    .split("\n")
    .filter((line) => /^[-+](?![-+])/.test(line));

test.each([
  [
    "a quoted text",
    "engineVersion",
    "17.11",
    ['-    engineVersion: "17.10"  # see the train', '+    engineVersion: "17.11"  # see the train'],
  ],
  ["a text in single quotes", "costCenter", "4712", ["-    costCenter: '4711'", "+    costCenter: '4712'"]],
  ["a number deeper down", "backups.retentionDays", 14, ["-      retentionDays: 7", "+      retentionDays: 14"]],
  ["a list", "extensions", ["pgaudit"], ["-      - pg_stat_statements", "+      - pgaudit"]],
  ["what was not there", "deletionProtection", true, ["+    deletionProtection: true"]],
  ["what was not there, in a mapping", "backups.copyRegion", "eu-west-1", ["+      copyRegion: eu-west-1"]],
  [
    "a mapping that was not there",
    "import.asFound.iops",
    3000,
    ["+    import:", "+      asFound:", "+        iops: 3000"],
  ],
  ["a text that looks like a number", "owner", "0815", ['+    owner: "0815"']],
  ["a text that looks like a day", "until", "2027-03-31", ['+    until: "2027-03-31"']],
] as const)("%s is set, and every other line stays as it is", (_, path, value, lines) => {
  expect(difference(set(path, value as never))).toEqual(lines);
});

test("several properties are set, and one that has its value already changes nothing", () => {
  expect(set("backups.retentionDays", 7)).toBe(config);
  const two = configWith(file, config, {
    set: [
      { path: ["engineVersion"], value: "17.11" },
      { path: ["service"], value: "orders" },
      { path: ["size"], value: "large" },
    ],
  });
  expect(difference(two)).toHaveLength(3);
});

const taken = (path: string, text = config) => configWith(file, text, { set: [{ path: path.split(".") }] });
test("a mapping is written in the order of its names, in whichever order the records have it", () => {
  expect(set("maskedCopy", { b: 1, a: { d: 2, c: 3 } })).toBe(set("maskedCopy", { a: { c: 3, d: 2 }, b: 1 }));
});

test("what is taken out goes with its lines, and every other line stays as it is", () => {
  expect(difference(taken("engineVersion"))).toEqual(['-    engineVersion: "17.10"  # see the train']);
  expect(difference(taken("backups"))).toEqual(["-    backups: # of ours", "-      retentionDays: 7"]);
  expect(taken("maskedCopy")).toBe(config);
  expect(taken("maskedCopy.request")).toBe(config);
  expect(taken("maskedCopy", set("maskedCopy", { request: "r-1", expiresOn: "2027-03-31" }))).toBe(config);
});

test("the last property of a mapping is not taken out: the mapping would be another", () => {
  expect(() => taken("backups.retentionDays")).toThrow(/cannot be taken out of its mapping/);
});

test("a file that ends without a line feed gets one only where a line follows", () => {
  const short = "config:\n  shipshape:request:\n    size: small";
  expect(set("size", "large", short)).toBe("config:\n  shipshape:request:\n    size: large");
  expect(set("tier", "gold", short)).toBe(`${short}\n    tier: gold\n`);
});

test.each([
  ["is no YAML", "config: [", /flow sequence|Flow sequence/],
  ["has no request", "config:\n  other: 1\n", /it has no mapping config → shipshape:request/],
  ["has the request as text", "config:\n  shipshape:request: '{}'\n", /it has no mapping/],
  [
    "has a text where a mapping is needed",
    "config:\n  shipshape:request:\n    backups: none\n",
    /backups is not a mapping/,
  ],
  [
    "has the value in two places",
    "config:\n  shipshape:request:\n    backups: &b\n      retentionDays: 7\n    other: *b\n",
    /cannot be set without changing something else/,
  ],
])("a config that %s is refused, and the reason is given", (_, text, reason) => {
  expect(() => set("backups.retentionDays", 14, text)).toThrow(
    expect.objectContaining({ code: "stack-config-invalid", message: expect.stringMatching(reason) as string }),
  );
});

const observed = (change: Partial<ObservedStack> = {}): ObservedStack => ({
  stack: "shop/database.orders",
  urn: "urn:pulumi:database.orders::shop::shipshape:index:StandardDatabase::orders",
  ownership: "ours",
  config: { file, text: config },
  ...change,
});
const planned = (stack: ObservedStack, more: Partial<WantedChange> = {}) =>
  planStackChange(
    {
      set: [{ path: ["engineVersion"], value: "17.11" }],
      why: "a minor release",
      requestId: "261127050000-0a1b2c3d",
      expected: [{ property: "EngineVersion", from: "17.10", to: "17.11" }],
      ...more,
    },
    stack,
  );

test("a stack of ours is changed by a commit, one whose config alone is known by a patch, and any other by instructions", () => {
  expect(planned(observed())).toMatchObject({ reaches: "commit", config: { file }, withinDays: 14 });
  expect(planned(observed({ ownership: "unknown" })).reaches).toBe("patch");
  expect(planned(observed({ ownership: "delivered", config: null }))).toMatchObject({
    reaches: "instructions",
    config: null,
    text: `In the program of stack shop/database.orders, of the resource

  urn:pulumi:database.orders::shop::shipshape:index:StandardDatabase::orders

set

  engineVersion = "17.11"

and bring it up:

  pulumi up --stack shop/database.orders
`,
  });
});

test("what the stack declares already has to be brought up, and nothing else", () => {
  expect(planned(observed({ config: null }), { set: [] }).text).toMatch(
    /declares this already. Bring it up:\n\n {2}pulumi up --refresh --stack/,
  );
  expect(planned(observed(), { set: [{ path: ["engineVersion"], value: "17.10" }] }).text).toContain("already");
});

test("a planned change holds until its text or the way it reaches the stack would be another", () => {
  const change = planned(observed());
  const stored = JSON.parse(JSON.stringify(change)) as typeof change;
  expect(stackChangeHolds(stored, observed())).toBe(true);
  for (const moved of [
    { config: { file, text: config.replace("# Ours", "# Theirs") } },
    { config: null, ownership: "delivered" as const },
    { ownership: "unknown" as const },
    { stack: "shop/database.orders-2" },
  ])
    expect(stackChangeHolds(stored, observed(moved))).toBe(false);
});

test("a config without our programs' mapping is refused, even if nothing is to be set in it", () => {
  expect(() => planned(observed({ config: { file, text: "config:\n  acme:size: 3\n" } }), { set: [] })).toThrow(
    expect.objectContaining({ code: "stack-config-invalid" }),
  );
});

test("a patch shows the lines around a change, but none that may hold a secret", () => {
  expect(planned(observed()).text).toContain("\n     costCenter: '4711'\n");
  const secret = config.replace("costCenter: '4711'", "masterPassword: hunter2");
  const { text } = planned(observed({ config: { file, text: secret } }));
  expect(text).not.toContain("hunter2");
  expect(text).toContain('+    engineVersion: "17.11"');
});

test("a patch that removes a line which may hold a secret is refused", () => {
  const text = config.replace("retentionDays: 7", "api_token: hunter2");
  const change = { set: [{ path: ["backups"], value: { retentionDays: 14 } }] };
  expect(() => planned(observed({ config: { file, text } }), change)).toThrow(
    expect.objectContaining({ code: "stack-change-secret" }),
  );
});

test.each([
  [["masterPassword"], "x"],
  [["roles", "0", "secretArn"], "x"],
  [["parameters"], { "app.api_token": "x" }],
  [["service"], { secure: "v1:abc" }],
])("a change of %j is refused: its text would hold a secret", (path, value) => {
  expect(() => planned(observed(), { set: [{ path, value: value as never }] })).toThrow(
    expect.objectContaining({ code: "stack-change-secret" }),
  );
});

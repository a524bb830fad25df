import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readConfiguration } from "../../../automation/configuration/configuration";
import { builtIn } from "../../../components/standards/built-in";
import { configurationSchemaOf } from "../../../automation/configuration/sections";
import type { ShipshapeError } from "../../../automation/errors";
import { readSettings } from "../../../automation/settings";

const folder = mkdtempSync(join(tmpdir(), "shipshape-configuration-"));
afterAll(() => rmSync(folder, { recursive: true }));
const path = join(folder, "shipshape.yaml");

function read(text: string | Buffer) {
  writeFileSync(path, text);
  return readConfiguration({ path, isNamed: false });
}
/** The problems, one a line. */
function problems(text: string | Buffer): string {
  try {
    read(text);
    return "none";
  } catch (error) {
    expect(error).toMatchObject({ code: "configuration-invalid" });
    return (error as ShipshapeError).message.split("\n  ").slice(1).join("\n");
  }
}
const complete = `
roles:
  requester: [everyone]
  operator:
    - arn:aws:iam::123456789012:role/platform-operator
  approver: [identity-center:123456789012/ana@example.com, os:ben]
  auditor: []
teams:
  team-orders: [embedded:carla]
`;

test("roles and teams name principals", () => {
  expect(read(complete)).toEqual({
    roles: {
      requester: ["everyone"],
      operator: ["arn:aws:iam::123456789012:role/platform-operator"],
      approver: ["identity-center:123456789012/ana@example.com", "os:ben"],
      auditor: [],
    },
    teams: { "team-orders": ["embedded:carla"] },
  });
  expect(read("{}")).toEqual({});
});

test("alerts name an SNS topic, and nothing secret", () => {
  const topicArn = "arn:aws:sns:eu-central-1:123456789012:shipshape-alerts.fifo";
  expect(read(`alerts: {topicArn: "${topicArn}"}`)).toEqual({ alerts: { topicArn } });
  for (const other of ["shipshape-alerts", "arn:aws:sqs:eu-central-1:123456789012:queue", `${topicArn}/x`])
    expect(problems(`alerts:\n  topicArn: "${other}"`)).toBe("line 2: alerts.topicArn: give the ARN of an SNS topic");
  expect(problems("alerts:\n  webhookUrl: https://hooks.example.com/secret")).not.toContain("/secret");
});

test("limits are numbers of runs at once", () => {
  const limits = { accountAndRegion: 8, operations: { "restore-drill": 2 } };
  expect(read("limits:\n  accountAndRegion: 8\n  operations:\n    restore-drill: 2")).toEqual({ limits });
});

test("prices are the company's, in one currency, with or without what a day of drills may cost", () => {
  const prices = { currency: "EUR", instanceHour: { "db.r8g.large": 0.25 }, storageGbMonth: { gp3: 0.12 } };
  expect(read(`prices: ${JSON.stringify(prices)}`)).toEqual({ prices });
  expect(read(`prices: ${JSON.stringify({ ...prices, costPerDay: 40 })}`)).toEqual({
    prices: { ...prices, costPerDay: 40 },
  });
  const wrong = (change: object) => problems(`prices: ${JSON.stringify({ ...prices, ...change })}`);
  expect(wrong({ currency: "euro" })).toBe(
    "line 1: prices.currency: give the currency by its three letters, for example USD",
  );
  expect(wrong({ costPerDay: 0 })).toBe(
    "line 1: prices.costPerDay: give more than 0; `npx shipshape pause restore-drill` holds drills",
  );
  expect(wrong({ costPerDay: 1e10 })).toBe("line 1: prices.costPerDay: give 1000000000 or less");
  expect(wrong({ instanceHour: { "db.r8g.large": "0.25 EUR" } })).toBe(
    "line 1: prices.instanceHour.db.r8g.large: give a number, for example 0.25",
  );
  expect(wrong({ instanceHour: { "r8g.large": 0.25 } })).toContain("give an instance class, for example db.r8g.large");
  expect(wrong({ instanceHour: {} })).toBe("line 1: prices.instanceHour: give one price or more");
  expect(wrong({ storageGbMonth: {} })).toBe("line 1: prices.storageGbMonth: give one price or more");
  expect(wrong({ storageGbMonth: { "gp-3": 0.12 } })).toContain("is not known; did you mean gp3?");
  expect(problems("prices:\n  currency: EUR")).toContain("prices.instanceHour: give the price of an hour");
  expect(problems("prices:\n  currency: EUR")).toContain("prices.storageGbMonth: give the price of a GB-month");
});

test("approvals have conditions, a group and a number of people", () => {
  expect(
    read("approvals:\n  - {effect: [changes], tier: [gold, silver], by: approver, people: 2}\n  - by: owning-team"),
  ).toEqual({
    approvals: [
      { effect: ["changes"], tier: ["gold", "silver"], by: "approver", people: 2 },
      { by: "owning-team", people: 1 },
    ],
  });
});

test("who puts it in force has no limit and no approval of an operation that does not exist", () => {
  const text =
    "approvals:\n  - {by: approver, operation: [restore-drill, restore-dril]}\nlimits:\n  operations:\n    backup-audits: 2\n    all: 3";
  writeFileSync(path, text);
  const file = { path, isNamed: false };
  expect(() => readConfiguration(file, ["backup-audit", "restore-drill"])).toThrow(
    expect.objectContaining({
      code: "configuration-invalid",
      message: [
        `${path} cannot be used:`,
        '  line 2: approvals.0.operation.1: there is no operation "restore-dril"; did you mean restore-drill?',
        '  line 5: limits.operations.backup-audits: there is no operation "backup-audits"; did you mean backup-audit?',
        '  line 6: limits.operations.all: there is no operation "all"; known: backup-audit, restore-drill',
      ].join("\n"),
    }) as Error,
  );
  expect(readConfiguration(file)).toBeDefined(); // a command that puts nothing in force may be of another release
});

test("the changes of a ring in a day have a number, 0 for none", () => {
  expect(read("changesPerDay: {ring1: 200, ring3: 0}")).toEqual({ changesPerDay: { ring1: 200, ring3: 0 } });
  for (const [value, problem] of [
    ["-1", "give a whole number, 0 or more"],
    ["some", "give a whole number, 0 or more"],
    ["1.5", "give a whole number, 0 or more"],
    ["10001", "give 10000 at most"],
  ])
    expect(problems(`changesPerDay: {ring1: ${value}}`)).toBe(`line 1: changesPerDay.ring1: ${problem}`);
  expect(problems("changesPerDay: {ring4: 1}")).toBe("line 1: changesPerDay.ring4: is not known; did you mean ring0?");
});

test("an account has its digits in quotes, a role of its own, and Regions that are not named twice", () => {
  const problemsOf = (entry: string) => problems(`accounts:\n  - ${entry}`).replace(/^line 2: accounts\.0\.?/, "");
  const role = (account: string) => `role: "arn:aws:iam::${account}:role/reader"`;
  expect(read(`accounts:\n  - {account: "210987654321", ${role("210987654321")}, regions: [eu-west-1]}`)).toBeDefined();
  for (const [entry, problem] of [
    [
      '{account: "210987654321", regions: [eu-west-1], platforms: {eu-north-1: platform.north}}',
      "platforms.eu-north-1: is not among the regions",
    ],
    [
      '{account: "210987654321", regions: [eu-west-1], platforms: {eu-west-1: 7}}',
      "platforms.eu-west-1: give the stack of its platform, for example platform.production",
    ],
    [
      "{account: 210987654321, regions: [eu-west-1]}",
      `account: give the account's 12 digits in quotes, for example "123456789012"`,
    ],
    ['{account: "2109", regions: [eu-west-1]}', "account: give the account's 12 digits"],
    [
      `{account: "210987654321", ${role("123456789012")}, regions: [eu-west-1]}`,
      "role: is a role of account 123456789012, not of 210987654321",
    ],
    ['{account: "210987654321", role: reader, regions: [eu-west-1]}', "role: give the ARN of an IAM role"],
    [
      '{account: "210987654321", externalId: acme-7, regions: [eu-west-1]}',
      "externalId: goes with a role, and there is none",
    ],
    ['{account: "210987654321", regions: []}', "regions: give at least one"],
    ['{account: "210987654321"}', "regions: give a list of Regions"],
    ['{account: "210987654321", regions: [Frankfurt]}', "regions.0: give a Region, for example eu-central-1"],
    ['{account: "210987654321", regions: [eu-west-1, eu-west-1]}', "regions: names a Region twice"],
    [
      '{account: "210987654321", region: [eu-west-1], regions: [eu-west-1]}',
      "region: is not known; did you mean regions?",
    ],
  ] as const)
    expect([entry, problemsOf(entry)]).toEqual([entry, problem]);
  const twice = '{account: "210987654321", regions: [eu-west-1]}';
  expect(problems(`accounts:\n  - ${twice}\n  - ${twice}`)).toContain("names an account twice");
});

test("each section has an example in docs/configuration.md, and each example can be read", () => {
  const page = readFileSync(join(__dirname, "../../../docs/configuration.md"), "utf8");
  const examples = [...page.matchAll(/```yaml\n([^]*?)```/g)].map(([, text = ""]) => read(text) ?? {});
  const without = Object.keys(configurationSchemaOf(builtIn).shape).filter(
    (name) => !examples.some((one) => name in one),
  );
  expect(without).toEqual(["standard"]); // it has a page of its own, and needs another file
});

test.each<[string, string, string]>([
  ["a section that does not exist", "role: {}", "line 1: role: is not known; did you mean roles?"],
  ["one that resembles none", "\nfleet-wide: {}", "line 2: fleet-wide: is not known; known: "],
  [
    "a role that does not exist",
    complete.replace("operator:", "operater:"),
    "line 2: roles.operator: is missing: give a list of principals, [] for none\nline 4: roles.operater: is not known; did you mean operator?",
  ],
  [
    "everyone as an operator",
    complete.replace("- arn:aws:iam::123456789012:role/platform-operator", "- everyone"),
    'line 5: roles.operator.0: "everyone" names no principal; give one of arn:aws:iam::<account>:role/<role>',
  ],
  [
    "a wildcard",
    complete.replace("platform-operator", "*"),
    'line 5: roles.operator.0: "arn:aws:iam::123456789012:role/*"',
  ],
  ["a name alone", complete.replace("os:ben", "ben"), 'line 6: roles.approver.1: "ben" names no principal'],
  [
    "a team of no one",
    complete.replace("[embedded:carla]", "[]"),
    "line 9: teams.team-orders: name at least one member",
  ],
  ["a list in place of a section", "roles: []", "line 1: roles: "],
  [
    "a number in place of a principal",
    complete.replace("os:ben", "7"),
    "line 6: roles.approver.1: give a principal as text",
  ],
  [
    "a limit that lets nothing run",
    "limits:\n  accountAndRegion: 0",
    "line 2: limits.accountAndRegion: give 1 or more; `npx shipshape pause` holds everything",
  ],
  [
    "an approval by a group that does not exist",
    "approvals:\n  - by: dba",
    "line 2: approvals.0.by: give one of approver, operator, owning-team",
  ],
  [
    "a condition that does not exist",
    "approvals:\n  - by: approver\n    tiers: [gold]",
    "line 3: approvals.0.tiers: is not known; did you mean tier?",
  ],
  [
    "a tier that does not exist",
    "approvals:\n  - by: approver\n    tier: [platin]",
    "line 3: approvals.0.tier.0: give one of gold",
  ],
  [
    "a list of conditions that is empty",
    "approvals:\n  - by: approver\n    tier: []",
    "line 3: approvals.0.tier: give at least one",
  ],
  ["approval by nobody", "approvals:\n  - {by: approver, people: 0}", "line 2: approvals.0.people: "],
  ["a key twice", `${complete}teams: {}`, "line 10: Map keys must be unique"],
  ["an alias", "roles: &r {}\nteams: *r", "line 1: anchors and aliases are not allowed"],
  ["nothing", "", "line 1: give a mapping of sections, not nothing"],
  ["a file that is no text", "\u0000\u0001", "line 1: "],
])("%s is refused, with its line and what is allowed", (_, text, problem) => {
  expect(problems(text)).toContain(problem);
});

test("without a file there is no configuration; one that was named must exist", () => {
  const missing = join(folder, "missing.yaml");
  expect(readConfiguration({ path: missing, isNamed: false })).toBeUndefined();
  const named = () => readConfiguration({ path: missing, isNamed: true });
  expect(named).toThrow(expect.objectContaining({ code: "configuration-unreadable" }) as Error);
});

test("a folder of that name, and a file that is too large, are errors: never taken for no configuration", () => {
  const unreadable = expect.objectContaining({ code: "configuration-unreadable" }) as Error;
  expect(() => readConfiguration({ path: folder, isNamed: false })).toThrow(unreadable);
  expect(() => read(Buffer.alloc(2 ** 20 + 1, "#"))).toThrow(unreadable);
});

test("the file is that of the project, or the one that a variable names", () => {
  const file = (environment: NodeJS.ProcessEnv) => readSettings(folder, folder, environment).configurationFile;
  writeFileSync(join(folder, "package.json"), "{}");
  expect(file({})).toEqual({ path, isNamed: false });
  expect(readSettings(folder, join(folder, "below"), {}).configurationFile).toEqual({ path, isNamed: false });
  expect(file({ SHIPSHAPE_CONFIGURATION_FILE: "other.yaml" })).toEqual({
    path: join(folder, "other.yaml"),
    isNamed: true,
  });
});

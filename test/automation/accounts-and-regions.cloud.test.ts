// The commands that look at the fleet, over two accounts and two Regions of an embedded cloud, as people run them.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { CloudTrailClient, LookupEventsCommand } from "@aws-sdk/client-cloudtrail";
import { CreateDBInstanceCommand, DescribeDBInstancesCommand, RDSClient } from "@aws-sdk/client-rds";
import { importCommand } from "../../automation/operations/drift-detection/known-differences";
import { startCloud, type Cloud } from "../cloud";
import { until } from "../until";
import { small } from "../localcloud/server/database-client";
import { createRole, otherAccount, otherKey, ownAccount, roleArn } from "../localcloud/second-account";
import { shipshapeCommand } from "../shipshape-command";

let cloud: Cloud;
const regions = ["eu-central-1", "eu-west-1"];
beforeAll(async () => {
  cloud = await startCloud();
  await createRole(cloud, "shipshape", {
    Principal: { AWS: `arn:aws:iam::${ownAccount}:root` },
    Condition: { StringEquals: { "sts:ExternalId": "acme-7" } },
  });
  for (const [owner, credentials] of [
    ["team-own", cloud.client().credentials],
    ["team-other", otherKey(cloud)],
  ] as const)
    for (const region of regions) {
      const rds = new RDSClient({ ...cloud.client(), region, credentials });
      await rds.send(
        new CreateDBInstanceCommand({
          ...small,
          DBInstanceIdentifier: "orders",
          Tags: [{ Key: "owner", Value: owner }],
        }),
      );
      rds.destroy();
    }
});
afterAll(() => cloud?.stop());

const configured = (entries: object[]) => {
  const file = join(cloud.dataFolder, "shipshape.yaml");
  writeFileSync(file, JSON.stringify({ accounts: entries }), { mode: 0o600 });
  return file;
};
const all = () => [
  { account: ownAccount, regions },
  { account: otherAccount, role: roleArn("shipshape"), externalId: "acme-7", regions },
];

async function shipshape(entries: object[], ...words: string[]) {
  const configuration = { SHIPSHAPE_DATA_FOLDER: cloud.dataFolder, SHIPSHAPE_CONFIGURATION_FILE: configured(entries) };
  const { code, stdout: text, stderr } = await shipshapeCommand(words, { env: { ...cloud.env, ...configuration } });
  return { code, text, stderr, json: () => JSON.parse(text) };
}
const placesOf = (ones: { account: string; region: string }[]) => ones.map((o) => `${o.account} ${o.region}`).sort();
const four = [ownAccount, otherAccount].flatMap((account) => regions.map((region) => `${account} ${region}`)).sort();

test("the fleet is that of every account and Region, and databases of one name are told apart", async () => {
  const { json } = await shipshape(all(), "fleet", "--json");
  const look = json();
  expect([look.unreachable, look.cloud]).toEqual([[], null]);
  expect(look.unread).toEqual([expect.stringContaining("the stacks of the backend")]); // there is none here
  expect(placesOf(look.clouds)).toEqual(four);
  expect(look.databases.map((d: { database: { identifier: string } }) => d.database.identifier)).toEqual(
    four.map(() => "orders"),
  );
  expect(placesOf(look.databases.map((d: { database: { account: string; region: string } }) => d.database))).toEqual(
    four,
  );
  const { text } = await shipshape(all(), "fleet");
  expect(text).toContain("4 of 4 accounts and Regions answered");
  for (const place of four) expect(text).toContain(`orders (${place})`);
  expect((await shipshape([], "fleet", "--json")).json().databases).toHaveLength(1);
});

test("what cannot be reached is shown with its reason, counted, and stops no other", async () => {
  const some = [
    { account: ownAccount, regions: ["eu-central-1"] },
    { account: otherAccount, role: roleArn("shipshape"), externalId: "acme-8", regions: ["eu-west-1"] },
    { account: "333333333333", role: roleArn("shipshape", "333333333333"), regions: ["eu-north-1"] },
    { account: "444444444444", regions: ["eu-south-1"] },
  ];
  const missing = [`${otherAccount} eu-west-1`, "333333333333 eu-north-1", "444444444444 eu-south-1"];
  const look = await shipshape(some, "fleet", "--json");
  expect([look.code, look.json().databases.length]).toEqual([1, 1]);
  expect(placesOf(look.json().unreachable)).toEqual([...missing].sort());
  const reasons = look.json().unreachable.map((one: { reason: string }) => one.reason);
  expect(reasons[0]).toContain(`${roleArn("shipshape")} cannot be assumed`);
  expect(reasons[2]).toBe(
    `the credentials are of account ${ownAccount}: give a role of account 444444444444 in shipshape.yaml`,
  );
  const { text } = await shipshape(some, "fleet");
  expect(text).toContain("1 of 4 accounts and Regions answered");
  expect(text.match(/could not be reached/g)).toHaveLength(3);

  const status = await shipshape(some, "status", "--json");
  expect([status.code, status.json().recovery.length]).toEqual([1, 1]);
  expect(placesOf(status.json().fleet.unreachable)).toEqual([...missing].sort());
  expect((await shipshape(some, "status")).text.match(/could not be reached/g)).toHaveLength(3);

  const recoverability = await shipshape(some, "recoverability", "--json");
  expect([recoverability.code, recoverability.json().unread]).toEqual([
    1,
    expect.arrayContaining([expect.stringContaining("account 333333333333, Region eu-north-1 could not be reached")]),
  ]);

  const guard = await shipshape(some, "guard", "--live", "--json");
  expect([guard.code, guard.json().judged, guard.json().places.length]).toEqual([
    2,
    "1 database in 1 of 4 accounts and Regions",
    1,
  ]);
  expect(placesOf(guard.json().unreachable)).toEqual([...missing].sort());
});

test("the version of each database is told wherever it is, and what cannot be reached is not left out", async () => {
  const { code, json } = await shipshape(all(), "patches", "--json");
  const { databases, unreachable } = json();
  expect([code, unreachable, placesOf(databases.map((one: { database: object }) => one.database))]).toEqual([
    0,
    [],
    four,
  ]);
  for (const one of databases)
    expect(one).toMatchObject({ level: "current", engineVersion: one.newestMinor, supportEnds: "2030-02-28" });
  const text = (await shipshape(all(), "patches")).text;
  for (const place of four) expect(text).toContain(`orders (${place})`);
  const closed = [{ account: "333333333333", role: roleArn("shipshape", "333333333333"), regions: ["eu-north-1"] }];
  const some = await shipshape([...all(), ...closed], "patches");
  expect([some.code, some.text]).toEqual([
    1,
    expect.stringMatching(/not read: account 333333333333, Region eu-north-1 could not be\s+reached/),
  ]);
});

test("guard --live judges every database once, wherever it is", async () => {
  const { code, json } = await shipshape(all(), "guard", "--live", "--json");
  const { judged, places, unreachable, findings } = json();
  expect([code, judged, places.length, unreachable]).toEqual([1, "4 databases in 4 of 4 accounts and Regions", 4, []]);
  const unprotected = findings.filter((f: { rule: string }) => f.rule === "require-deletion-protection");
  expect(unprotected.map((f: { urn: string }) => f.urn).sort()).toEqual(
    four.map((place) => `arn:aws:rds:${place.split(" ").reverse().join(":")}:db:orders`).sort(),
  );
});

const audit = (...words: string[]) => requested("backup-audit", ...words);
const requested = (operation: string, ...words: string[]) => [
  "request",
  operation,
  "--database",
  "orders",
  "--reason",
  "which one?",
  "--json",
  ...words,
];

test("of several databases of one name a request says which, and none is guessed", async () => {
  const answer = async (entries: object[], ...words: string[]) => {
    const { text, stderr } = await shipshape(entries, ...audit("--plan-only", ...words));
    return text === "" ? JSON.parse(stderr).error.code : JSON.parse(text).plan.database.arn;
  };
  const arn = (account: string, region: string) => `arn:aws:rds:${region}:${account}:db:orders`;
  const [central, west] = [
    ["--region", "eu-central-1"],
    ["--region", "eu-west-1"],
  ] as const;
  expect(await answer(all())).toBe("database-ambiguous");
  expect(await answer(all(), ...west)).toBe("database-ambiguous"); // in both accounts
  expect(await answer(all(), "--account", otherAccount, ...west)).toBe(arn(otherAccount, "eu-west-1"));
  expect(await answer(all(), "--account", otherAccount, "--region", "eu-north-1")).toBe("location-unknown");
  expect(await answer(all().slice(0, 1), ...central)).toBe(arn(ownAccount, "eu-central-1"));
  expect(await answer([], "--account", otherAccount)).toBe("location-unknown"); // none is named
  expect(await answer([], ...west)).toBe(arn(ownAccount, "eu-west-1"));
  // Found once, but it may also be where nobody could look.
  const [own, other] = all();
  const partly = [
    { ...own, regions: ["eu-central-1"] },
    { ...other, externalId: "acme-8", regions: ["eu-central-1"] },
  ];
  expect(await answer(partly)).toBe("database-uncertain");
  expect(await answer(partly, "--account", ownAccount)).toBe(arn(ownAccount, "eu-central-1"));
  expect(await answer(partly, "--account", otherAccount)).toBe("role-not-assumed");
  // Where there is none of that name, it is still the account itself that says so.
  const mixed = [
    { ...other, regions: ["eu-central-1"] },
    { ...own, regions: ["eu-north-1"] },
  ];
  expect(await answer(mixed)).toBe(arn(otherAccount, "eu-central-1"));
  // These credentials would show another account's database, however few are asked.
  const foreign = [{ account: otherAccount, regions: ["eu-central-1"] }];
  expect(await answer(foreign)).toBe("database-uncertain");
  expect(await answer([own!, ...foreign], "--account", otherAccount)).toBe("database-uncertain");
  const there = ["--account", otherAccount, "--region", "eu-west-1", "--plan-only"];
  const drift = await shipshape(all(), ...requested("drift-detection", ...there));
  expect(JSON.parse(drift.text).plan.database.arn).toBe(arn(otherAccount, "eu-west-1"));
});

test("a run about a database of another account and Region asks that one, and seals what it is about", async () => {
  await shipshape(all(), "evidence", "key", "create");
  const { text } = await shipshape(all(), ...audit("--account", otherAccount, "--region", "eu-west-1", "--work"));
  const run = JSON.parse(text);
  expect(run).toMatchObject({ status: "succeeded", error: null });
  const { json } = await shipshape(all(), "show", run.id, "--json");
  expect(JSON.stringify(json())).toContain(`arn:aws:rds:eu-west-1:${otherAccount}:db:orders`);
  const trail = new CloudTrailClient({ ...cloud.client(), region: "eu-west-1", credentials: otherKey(cloud) });
  const { Events = [] } = await trail.send(
    new LookupEventsCommand({
      LookupAttributes: [{ AttributeKey: "EventName", AttributeValue: "DescribeDBSnapshots" }],
    }),
  );
  trail.destroy();
  expect(Events.map((e) => JSON.parse(e.CloudTrailEvent ?? "").userIdentity.arn)).toContain(
    `arn:aws:sts::${otherAccount}:assumed-role/shipshape/shipshape`,
  );
});

test("status of an owner is about that owner's databases, and no other's of the same name", async () => {
  const of = async (owner: string) => {
    const { recovery, runs } = (await shipshape(all(), "status", "--owner", owner, "--json")).json();
    return {
      places: placesOf(recovery.map((r: { database: { account: string; region: string } }) => r.database)),
      runs,
    };
  };
  expect(await of("team-own")).toEqual({ places: four.filter((place) => place.startsWith(ownAccount)), runs: [] });
  const { places, runs } = await of("team-other");
  expect([places, runs.length]).toEqual([four.filter((place) => place.startsWith(otherAccount)), 1]);
});

test("all of them are recorded for auditors", async () => {
  const period = ["--from", new Date().toISOString().slice(0, 10), "--to", new Date().toISOString().slice(0, 10)];
  const { json } = await shipshape(all(), "evidence", "population", ...period, "--json");
  const { scopes, databases } = json().report.content;
  expect([placesOf(scopes), placesOf(databases)]).toEqual([four, four]);
});

test.each([
  ["another Region", ownAccount, "eu-west-1"],
  ["another account", otherAccount, "eu-central-1"],
])("the command that a finding names imports a database of %s", async (_, account, region) => {
  const credentials = account === ownAccount ? cloud.client().credentials : otherKey(cloud);
  const rds = new RDSClient({ ...cloud.client(), region, credentials });
  const { DbiResourceId: resourceId = "" } = await until("the database is available", async () => {
    const { DBInstances: [one] = [] } = await rds.send(
      new DescribeDBInstancesCommand({ DBInstanceIdentifier: "orders" }),
    );
    return one?.DBInstanceStatus === "available" ? one : undefined;
  });
  rds.destroy();
  const words = importCommand({ resourceId }).split(" ").slice(2);
  // It names each option for what the tags do not say.
  const asked = await shipshape(all(), ...words);
  expect([asked.code, asked.stderr]).toEqual([2, expect.stringContaining("repeat the command with --")]);
  const decided = ["--tier", "bronze", "--environment", "development", "--data-classification", "internal"];
  const said = await shipshape(all(), ...words, ...decided, "--cost-center", "4711", "--json");
  expect([said.code, said.stderr]).toEqual([0, ""]);
  expect(said.json()).toMatchObject({
    cloud: { account, region },
    request: { existing: { identifier: "orders" } },
    differences: expect.arrayContaining([expect.objectContaining({ heals: expect.any(String) as string })]) as object,
  });
});

import * as pulumi from "@pulumi/pulumi";
import { StandardDatabase, type StandardDatabaseArgs } from "../../components";
import { declare, platform, request } from "./declared";

/**
 * What people write in their first hour, in JavaScript: no compiler objects. Each is one wrong argument, and the error
 * has its path, what is wanted, and what was given.
 */
const mistakes: [claim: string, change: Record<string, unknown>, line: string][] = [
  [
    "a name with capitals",
    { service: "Orders" },
    'service: give lower-case words joined by single hyphens, starting with a letter (given "Orders")',
  ],
  [
    "a name with an underscore",
    { service: "order_items" },
    'service: give lower-case words joined by single hyphens, starting with a letter (given "order_items")',
  ],
  ["no name", { service: undefined }, "service: service is missing (nothing given)"],
  ["an empty name", { service: null }, "service: is empty; give text (given null)"],
  [
    "the output of another resource as a name",
    { service: pulumi.output("orders") },
    "service: give a plain value, not another resource's output: it decides what is created",
  ],
  [
    "a mail address as an owner",
    { owner: "orders@example.com" },
    'owner: give lower-case words joined by single hyphens, starting with a letter (given "orders@example.com")',
  ],
  ["a list of owners", { owner: ["team-a", "team-b"] }, 'owner: give text (given ["team-a","team-b"])'],
  [
    "an environment's short name",
    { environment: "prod" },
    'environment: give one of production, staging, development (given "prod")',
  ],
  ["a tier in capitals", { tier: "Gold" }, 'tier: give one of gold, silver, bronze (given "Gold")'],
  [
    "a tier from an output",
    { tier: pulumi.secret("gold") },
    "tier: give a plain value, not another resource's output: it decides what is created",
  ],
  [
    "an instance class as a size",
    { size: "db.t4g.medium" },
    'size: give one of small, medium, large, xlarge (given "db.t4g.medium")',
  ],
  ["gigabytes as a size", { size: 100 }, "size: give one of small, medium, large, xlarge (given 100)"],
  [
    "a word of another scheme as classification",
    { dataClassification: "pii" },
    'dataClassification: give one of public, internal, confidential, restricted (given "pii")',
  ],
  [
    "a number as cost center",
    { costCenter: 4712 },
    'costCenter: is a number; write it as text, in quotes: "4712" (given 4712)',
  ],
  ["no cost center", { costCenter: undefined }, "costCenter: costCenter is missing (nothing given)"],
  ["a major in quotes", { postgresMajor: "17" }, 'postgresMajor: give one of 16, 17, 18, without quotes (given "17")'],
  ["an old major", { postgresMajor: 14 }, "postgresMajor: give one of 16, 17, 18 (given 14)"],
  [
    "a version of another major",
    { engineVersion: "16.13" },
    'engineVersion: is not of postgresMajor 17; give matching values (given "16.13")',
  ],
  ["a major as version", { engineVersion: "17" }, 'engineVersion: give major and minor, such as "17.10" (given "17")'],
  [
    "a number as version",
    { engineVersion: 17.1 },
    'engineVersion: is a number; write it as text, in quotes: "17.10" (given 17.1)',
  ],
  [
    "a password of one's own",
    { masterPassword: "hunter2" },
    'masterPassword: give one of managed, own (given "hunter2")',
  ],
  [
    "no platform",
    { platform: undefined },
    "platform: give the outputs of the platform's stack: vpcId, subnetGroupName, keyArn, topicArn, monitoringRoleArn, parameterGroupNames (nothing given)",
  ],
  [
    "the platform's stack instead of its outputs",
    { platform: "platform.dev" },
    'platform: give the outputs of the platform\'s stack: vpcId, subnetGroupName, keyArn, topicArn, monitoringRoleArn, parameterGroupNames (given "platform.dev")',
  ],
  [
    "an alias as key",
    { platform: { ...platform, keyArn: "alias/foo" } },
    'platform.keyArn: give the key\'s ARN, arn:aws:kms:<region>:<account>:key/<id>, never an alias (given "alias/foo")',
  ],
  [
    "an address range",
    { reachableFrom: { vpn: "10.0.0.0/8" } },
    'reachableFrom.vpn: give a security group id, such as sg-0a1b2c3d4e5f60001; address ranges are not allowed (given "10.0.0.0/8")',
  ],
  [
    "a list of security groups",
    { reachableFrom: ["sg-1"] },
    'reachableFrom: give security groups by the name of the client, such as {"orders-api": apiSecurityGroup.id} (given ["sg-1"])',
  ],
  [
    "one security group without a name",
    { reachableFrom: "sg-1" },
    'reachableFrom: give security groups by the name of the client, such as {"orders-api": apiSecurityGroup.id} (given "sg-1")',
  ],
  [
    "an extension that is spelt otherwise",
    { extensions: "vector" },
    'extensions: give a list, such as ["…"] (given "vector")',
  ],
  [
    "a role that does not exist",
    { roles: { admin: {} } },
    'roles.admin: give settings for owner, readwrite, readonly, monitoring, shipshape only (given "admin")',
  ],
  [
    "seconds as text",
    { roles: { readonly: { statementTimeoutMilliseconds: "60s" } } },
    'roles.readonly.statementTimeoutMilliseconds: give whole milliseconds (given "60s")',
  ],
  [
    "a parameter with its unit",
    { parameters: { work_mem: "64MB" } },
    'parameters.work_mem: give a number (or true/false for 1/0), in the unit RDS stores (given "64MB")',
  ],
  [
    "parameters as a list",
    { parameters: ["work_mem=65536"] },
    'parameters: give values by name, such as {…: …} (given ["work_mem=65536"])',
  ],
  [
    "a database that waits for itself",
    { patchAfter: ["orders-production"] },
    'patchAfter: names orders-production, which is this one; leave it out (given ["orders-production"])',
  ],
  [
    "one name for what it waits for",
    { patchAfter: "billing-production" },
    'patchAfter: give a list of names, such as ["billing-production"] (given "billing-production")',
  ],
  [
    "a tag's value with two names",
    { patchAfter: ["billing-production ledger-production"] },
    'patchAfter.0: give them as "billing-production" (given "billing-production ledger-production")',
  ],
  ["text for a truth value", { retire: "yes" }, 'retire: give true or false (given "yes")'],
  [
    "a misspelt argument",
    { dataClasification: "internal" },
    "dataClasification: is not an argument; did you mean dataClassification?",
  ],
  [
    "an argument of aws.rds.Instance",
    { instanceClass: "db.m7g.large" },
    "instanceClass: is not an argument; check its spelling",
  ],
  [
    "an identifier where RDS wants the resource id",
    { restoreFrom: { sourceDbiResourceId: "orders-production" } },
    'restoreFrom.sourceDbiResourceId: give the resource id, such as "db-ABCDEFGHIJKLMNOPQRSTUVWXYZ" (given "orders-production")',
  ],
  [
    "a snapshot and a moment",
    { restoreFrom: { snapshotIdentifier: "s", restoreTime: "2026-01-31T12:00:00Z" } },
    'restoreFrom.restoreTime: omit it: a snapshot has one moment only (given "2026-01-31T12:00:00Z")',
  ],
  [
    "a snapshot by its bare name",
    { restoreFrom: "orders-final" },
    'restoreFrom: give {snapshotIdentifier}, or {sourceDbiResourceId: "db-…", restoreTime?: "2026-01-31T12:00:00Z"} (default: the latest restorable time) (given "orders-final")',
  ],
  [
    "a property that the database lacks and has",
    { existing: { identifier: "legacy", asFound: { multiAz: true }, lacks: ["multiAz"] } },
    'existing.lacks: names multiAz, of which asFound says true; give one of the two (given ["multiAz"])',
  ],
];

/** The lines of the error; the database is not created. */
async function linesFor(change: Record<string, unknown>): Promise<string[]> {
  let lines: string[] = [];
  const declared = await declare(() => {
    try {
      new StandardDatabase("orders", { ...request, platform, ...change } as unknown as StandardDatabaseArgs);
    } catch (error) {
      expect(error).toBeInstanceOf(pulumi.RunError);
      lines = (error as Error).message.split("\n  ");
    }
  });
  expect(declared).toEqual([]);
  return lines;
}

test.each(mistakes)("%s: the one line says where, what is wanted, and what was given", async (_, change, line) => {
  expect(await linesFor(change)).toEqual(['StandardDatabase "orders": 1 argument is wrong, nothing was created', line]);
});

// Of each argument the last: what depends on two arguments is checked once each is right.
test("all of them together are one error with a line each", async () => {
  const [one] = mistakes.map(([, change]) => Object.keys(change)[0]!);
  const byArgument = new Map(mistakes.map(([, change, line]) => [Object.keys(change)[0] ?? one, { change, line }]));
  const all = [...byArgument.values()];
  const [head, ...lines] = await linesFor(
    Object.assign({}, ...all.map(({ change }) => change)) as Record<string, unknown>,
  );
  expect(head).toBe(`StandardDatabase "orders": ${all.length} arguments are wrong, nothing was created`);
  expect(lines.sort()).toEqual(all.map(({ line }) => line).sort());
});

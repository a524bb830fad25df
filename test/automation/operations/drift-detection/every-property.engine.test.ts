// A database and its platform in one stack: left alone, whatever its own stack does with it, and then changed by others
// in every property that it has.
import { PutSecretValueCommand } from "@aws-sdk/client-secrets-manager";
import {
  DeleteDBInstanceCommand,
  ModifyDBInstanceCommand,
  StartDBInstanceCommand,
  StopDBInstanceCommand,
} from "@aws-sdk/client-rds";
import type { Stack } from "@pulumi/pulumi/automation";
import { once } from "node:events";
import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { DatabasePlatform, StandardDatabase, type StandardDatabaseArgs } from "../../../../components";
import { builtIn } from "../../../../components/standards/built-in";
import { driftDetection } from "../../../../automation/operations/drift-detection/drift-detection";
import { driftDetectionSteps } from "../../../../automation/operations/drift-detection/steps";
import { differencesIn } from "../../../../automation/operations/drift-detection/verify";
import type { Step } from "../../../../automation/runner/operation";
import { previewSteps } from "../../../../automation/runner/preview-steps";
import { instanceIs, instanceIsGone } from "../../../cloud";
import { request } from "../../../components/declared";
import {
  callCloud,
  nameOf,
  platformArguments,
  startEngine,
  stateOf,
  type Engine,
  type StateResource,
} from "../../../components/engine";
import { another, ofNoResource, removed, standardShape, type Found } from "./standard-shape";

const identifier = "orders-production";
/** What makes resources of every kind: striped storage, and a parameter group of its own. */
const asked: Omit<StandardDatabaseArgs, "platform"> = {
  ...request,
  size: "large",
  engineVersion: "17.9",
  extensions: ["pg_stat_statements"],
  parameters: { log_min_duration_statement: 500 },
};

let engine: Engine;
let stack: Stack;
beforeAll(async () => {
  engine = await startEngine();
  stack = await declared({});
  await stack.up();
});
afterAll(() => engine?.stop());

const declared = (change: Partial<StandardDatabaseArgs>): Promise<Stack> =>
  engine.stack("platform.test", async () => {
    const platform = new DatabasePlatform("platform", platformArguments);
    new StandardDatabase("orders", { ...asked, platform, ...change });
    return platform;
  });

/** By a worker with another environment, or another cloud at the other end of its calls. */
async function detected(environment: Record<string, string | undefined> = {}, url?: string) {
  const { cloud } = engine;
  const { endpoint, region, credentials } = cloud.client();
  const operation = driftDetection(
    driftDetectionSteps({
      access: {
        cloud: { endpoint: url ?? endpoint, region, credentials },
        rootCertificateFile: cloud.env.PGSSLROOTCERT!,
      },
      standard: builtIn,
      waiversFolder: join(cloud.dataFolder, "waivers"),
      stacks: {
        workspacesFolder: join(cloud.dataFolder, "workspaces"),
        environment: { ...cloud.env, ...environment },
      },
    }),
    builtIn,
  );
  const step = previewSteps("a-test") as Step;
  const asked = { database: identifier };
  const plan = operation.plan(asked, await operation.observe(asked, step), "a-test");
  const outcome = await operation.run(plan, step as never);
  return { outcome, verdict: operation.verify(plan, outcome), differences: differencesIn(plan, outcome) };
}

/** Nothing that a person must answer; the rest is returned by its class. */
async function untouched(...by: Parameters<typeof detected>): Promise<Record<string, string[]>> {
  const { differences, verdict, outcome } = await detected(...by);
  const classes: Record<string, string[]> = {};
  for (const one of differences) (classes[one.class] ??= []).push(`${nameOf(one.urn)}.${one.property}`);
  for (const names of Object.values(classes)) names.sort();
  expect(outcome.comparison).toMatchObject({ unread: [], failure: null });
  expect([classes["drift"], classes["unmanaged"], classes["unreadable"], verdict.verdict]).toEqual([
    ...[undefined, undefined, undefined],
    "pass",
  ]);
  return classes;
}

const patched = { engineVersion: "17.10", size: "xlarge", parameters: { max_connections: 300 } } as const;

describe("a database that nobody else has changed has no finding", () => {
  test("as it was created, however often it is looked at, and in whatever order AWS returns a set", async () => {
    for (let times = 0; times < 3; times++) expect(await untouched()).toEqual({});
    // As in a pipeline whose ups are not to ask.
    expect(await untouched({ PULUMI_SKIP_CONFIRMATIONS: "true" })).toEqual({});
    const { DBInstanceArn: arn } = await described();
    const properties = { enabledCloudwatchLogsExports: ["upgrade", "postgresql"] };
    await callCloud(engine.cloud, "POST", "change", { arn, properties });
    expect(await untouched()).toEqual({});
  });

  test("while a patch, another size and a parameter that its stack declares wait, and after they took effect", async () => {
    stack = await declared(patched);
    await stack.up();
    await instanceIs(engine.cloud, identifier, "available");
    expect(await untouched()).toEqual({
      pending: [
        "orders-instance.allocatedStorage",
        "orders-instance.engineVersion",
        "orders-instance.instanceClass",
        "orders-instance.parameterGroupName",
      ],
    });
    await engine.cloud.rds.send(
      new ModifyDBInstanceCommand({ DBInstanceIdentifier: identifier, ApplyImmediately: true }),
    );
    await instanceIs(engine.cloud, identifier, "available");
    expect(await untouched()).toEqual({});
  });

  test("after its passwords were rotated, and while RDS runs a newer minor version than is declared", async () => {
    const rotation = { [identifier]: { readwrite: { generation: 1 }, owner: { generation: 2, locked: 1 } } };
    await stack.setConfig("shipshape:rotation", { value: JSON.stringify(rotation) });
    await stack.up({ refresh: true });
    expect(await untouched()).toEqual({});
    const { DBInstanceArn: arn } = await described();
    await callCloud(engine.cloud, "POST", "change", { arn, properties: { engineVersion: "17.11" } });
    expect(await untouched()).toEqual({ ahead: ["orders-instance.engineVersion"] });
    await callCloud(engine.cloud, "POST", "change", { arn, properties: { engineVersion: "17.10" } });
  });

  test("after the first step of its retirement", async () => {
    stack = await declared({ ...patched, retire: true });
    await stack.up({ refresh: true });
    await instanceIs(engine.cloud, identifier, "available");
    expect(await untouched()).toEqual({});
  });
});

const described = async () => await instanceIs(engine.cloud, identifier, "available");

describe("what cannot be read is a finding of its own, says what to do, and the rest goes on:", () => {
  /** Each that is unreadable, and what is said of it. */
  async function unread(...of: Parameters<typeof detected>): Promise<[place: string, reason: string][]> {
    const { differences, verdict } = await detected(...of);
    expect([verdict.verdict, differences.filter((one) => one.class !== "unreadable")]).toEqual(["inconclusive", []]);
    return differences
      .filter(isOutside)
      .map(({ place, property, reason }) => [property ? `${place}.${property}` : place, reason]);
  }
  const stackIs = (reason: string) => [[`stack ${identifier}`, expect.stringContaining(reason) as string]];

  test("a worker without the stack's passphrase, with another one, or without an engine", async () => {
    const none = { PULUMI_CONFIG_PASSPHRASE: undefined, PULUMI_CONFIG_PASSPHRASE_FILE: undefined };
    expect(await unread(none)).toEqual(stackIs("set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE"));
    const other = { PULUMI_CONFIG_PASSPHRASE: "another" };
    expect(await unread(other)).toEqual(stackIs("set PULUMI_CONFIG_PASSPHRASE where the worker runs to that of"));
    expect(await unread({ PATH: "/nowhere" })).toEqual(stackIs("so that `pulumi version` finds it there"));
  });

  test("a state that is broken; one that is only locked is read", async () => {
    const { dataFolder } = engine.cloud;
    const locks = join(dataFolder, "pulumi-state/.pulumi/locks/organization/shipshape/platform.test");
    mkdirSync(locks, { recursive: true });
    writeFileSync(join(locks, "other.json"), JSON.stringify({ pid: 1, username: "ana", hostname: "another-host" }));
    expect(await untouched()).toEqual({});
    rmSync(join(locks, "other.json"));

    const copy = join(dataFolder, "broken-state");
    cpSync(join(dataFolder, "pulumi-state"), copy, { recursive: true });
    writeFileSync(join(copy, ".pulumi/stacks/shipshape/platform.test.json"), '{"version": 3');
    expect(await unread({ PULUMI_BACKEND_URL: `file://${copy}` })).toEqual(
      stackIs("`pulumi stack export --stack platform.test` must be able to read it"),
    );
  });

  test("a role without the right to ask RDS: what the provider reads is compared", async () => {
    const refusing = createServer((_, answer) => {
      const text =
        "<ErrorResponse><Error><Code>AccessDenied</Code><Message>not for you</Message></Error></ErrorResponse>";
      answer.writeHead(403, { "content-type": "text/xml" }).end(text);
    }).listen(0, "127.0.0.1");
    await once(refusing, "listening");
    const { port } = refusing.address() as AddressInfo;
    try {
      expect(await unread({}, `http://127.0.0.1:${port}`)).toEqual([
        ["rds DescribeDBInstances:", expect.stringMatching(/not for you; the role that reads it needs rds:Describe/)],
      ]);
    } finally {
      refusing.close();
      refusing.closeAllConnections();
    }
  });

  test("a database that is stopped; one that was renamed is read under its new name", async () => {
    const { rds } = engine.cloud;
    await rds.send(new StopDBInstanceCommand({ DBInstanceIdentifier: identifier }));
    await instanceIs(engine.cloud, identifier, "stopped");
    try {
      const { differences, verdict } = await detected();
      expect([verdict.verdict, differences.map((one) => [one.class, one.reason])]).toEqual([
        "inconclusive",
        [["unreadable", expect.stringContaining(`aws rds start-db-instance --db-instance-identifier ${identifier}`)]],
      ]);
    } finally {
      await rds.send(new StartDBInstanceCommand({ DBInstanceIdentifier: identifier }));
      await instanceIs(engine.cloud, identifier, "available");
    }

    const rename = async (from: string, to: string) => {
      const asked = { DBInstanceIdentifier: from, NewDBInstanceIdentifier: to, ApplyImmediately: true };
      await rds.send(new ModifyDBInstanceCommand(asked));
      await instanceIsGone(engine.cloud, from);
      await instanceIs(engine.cloud, to, "available");
    };
    await rename(identifier, "renamed");
    const { differences } = await detected();
    const outside = differences.filter(isOutside);
    expect(outside.map((one) => [one.property, one.class, one.severity, one.actual])).toEqual([
      ["identifier", "drift", "high", "renamed"],
    ]);
    await rename("renamed", identifier);
  });
});

test("every property of a database and its platform that others can change is found, all at once", async () => {
  const { cloud } = engine;
  const state = (await stateOf(stack)).filter(({ type }) => type.startsWith("aws:"));
  const walked = state.flatMap((resource) =>
    Object.keys(resource.inputs)
      .filter((property) => !(property in ofNoResource))
      .map((property) => ({ resource, property, fate: standardShape[resource.type]?.[property] })),
  );
  // The table has what the components declare, and nothing else.
  expect([...new Set(walked.map(({ resource, property }) => `${resource.type} ${property}`))].sort()).toEqual(
    Object.entries(standardShape)
      .flatMap(([type, properties]) => Object.keys(properties).map((property) => `${type} ${property}`))
      .sort(),
  );

  const byApi = { BackupRetentionPeriod: 1, CopyTagsToSnapshot: false };
  await cloud.rds.send(
    new ModifyDBInstanceCommand({ DBInstanceIdentifier: identifier, ApplyImmediately: true, ...byApi }),
  );
  await instanceIs(cloud, identifier, "available");
  const expected: string[] = [];
  for (const resource of state) {
    const changes = walked.flatMap(({ resource: one, property, fate }) =>
      one === resource && typeof fate === "object" ? [{ property, fate }] : [],
    );
    await changeOutside(resource, changes);
    expected.push(...changes.map(({ property, fate }) => line(resource.urn, fate.as ?? property, fate.severity)));
  }
  const first = await detected();
  expect(first.outcome.comparison).toMatchObject({ unread: [], failure: null, differencesLeftOut: 0 });
  expect(linesOf(first)).toEqual(expected.sort());
  // Each is drift, and a finding; the other parameter group also waits for a restart.
  const others = first.differences.filter((one) => one.class !== "drift" && isOutside(one));
  expect(others.map((one) => [one.property, one.class])).toEqual([["parameterGroupName", "pending"]]);
  expect(first.verdict.verdict).toBe("fail");

  // What excludes another change, and what can only be deleted.
  const gone = state.filter(({ type }) => Object.values(standardShape[type]!).includes(removed));
  for (const { type, id } of gone) await callCloud(cloud, "DELETE", `recorded?${query({ id, type })}`);
  const instance = state.find(({ type }) => type === "aws:rds/instance:Instance")!;
  await changeOutside(instance, [{ property: "manageMasterUserPassword", fate: { severity: "high" } }]);
  expect(linesOf(await detected())).toEqual(
    [
      ...expected.filter((one) => one !== line(instance.urn, "masterUserSecretKmsKeyId", "critical")),
      ...gone.map(({ urn }) => line(urn, "", "critical")),
      line(instance.urn, "manageMasterUserPassword", "high"),
    ].sort(),
  );
});

test("a database that was deleted outside is found to be gone, by the name that its stack has for it", async () => {
  const { rds } = engine.cloud;
  const { DBInstanceArn: arn } = await described();
  const properties = { deletionProtection: false, dbSubnetGroupName: "shipshape-databases" };
  await callCloud(engine.cloud, "POST", "change", { arn, properties });
  await rds.send(new DeleteDBInstanceCommand({ DBInstanceIdentifier: identifier, SkipFinalSnapshot: true }));
  await instanceIsGone(engine.cloud, identifier);
  const { differences, verdict } = await detected();
  expect(differences.filter(({ urn }) => nameOf(urn) === "orders-instance")).toMatchObject([
    { property: null, class: "drift", severity: "critical", actual: "is gone" },
  ]);
  expect(verdict.verdict).toBe("fail");
});

/** As a person in the console, or with the AWS command, would. */
async function changeOutside(resource: StateResource, changes: { property: string; fate: Found }[]): Promise<void> {
  const { cloud } = engine;
  const { type, id, inputs, outputs } = resource;
  if (type === "aws:secretsmanager/secretVersion:SecretVersion") {
    const SecretId = String(outputs.secretId);
    return void (await cloud.secrets.send(new PutSecretValueCommand({ SecretId, SecretString: '{"by":"hand"}' })));
  }
  const properties = Object.fromEntries(
    changes.map(({ property, fate: { to = another(inputs[property]), as } }) => {
      expect([property, to]).not.toEqual([property, inputs[property]]);
      return property === "tags" ? [as, "by hand"] : [property, to];
    }),
  );
  if (changes.length === 0) return;
  // A topic policy's ARN is its topic's, an input; it has none of its own.
  const arn = "arn" in inputs ? undefined : outputs.arn;
  await callCloud(cloud, "POST", "change", { arn: arn ?? `${type}::${id}`, properties });
}

/** What is inside the database, and its secrets: access.engine.test.ts. */
const isOutside = ({ source }: { source: string }): boolean => source !== "access";

const linesOf = ({ differences }: Awaited<ReturnType<typeof detected>>): string[] =>
  differences
    .filter((one) => one.class === "drift" && isOutside(one))
    .map((one) => line(one.urn, one.property ?? "", one.severity))
    .sort();
const line = (urn: string, property: string, severity: string) => `${nameOf(urn)}.${property}: ${severity}`;
const query = (values: Record<string, string>) => new URLSearchParams(values).toString();

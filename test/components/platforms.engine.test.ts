import { DescribeDBInstancesCommand } from "@aws-sdk/client-rds";
import * as pulumi from "@pulumi/pulumi";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Stack } from "@pulumi/pulumi/automation";
import { createFirstKey } from "../../automation/command-line/evidence-log";
import { readSettings } from "../../automation/settings";
import { DatabasePlatform, StandardDatabase, type PlatformReference } from "../../components";
import { createRole, otherAccount, ownAccount, roleArn } from "../localcloud/second-account";
import { request } from "./declared";
import { platformArguments, startEngine, stateOf, typedPreview, watch, type Engine } from "./engine";
import { shipshapeCommand } from "../shipshape-command";

/**
 * The platforms of a company: one in each Region and account, and none that keeps its copies in its own Region. And a
 * database on one of them that has readers.
 */
let engine: Engine;
let other: Stack;
beforeAll(async () => {
  engine = await startEngine();
});
afterAll(() => engine?.stop());

const platformIn = async (name: string, region: string, copyRegion: string): Promise<Stack> => {
  const stack = await engine.stack(name, async () => {
    const platform = new DatabasePlatform("platform", { ...platformArguments, copyRegion });
    const { vpcId, keyArn, topicArn, monitoringRoleArn, subnetGroupName, parameterGroupNames } = platform;
    const { isolationSecurityGroupId } = platform;
    return {
      vpcId,
      keyArn,
      topicArn,
      monitoringRoleArn,
      subnetGroupName,
      parameterGroupNames,
      isolationSecurityGroupId,
    };
  });
  await stack.setConfig("aws:region", { value: region });
  return stack;
};

test("two Regions of an account can each have a platform that keeps the other's copies", async () => {
  const west = await platformIn("platform.west", "eu-west-1", "eu-central-1");
  const { outputs } = await west.up();
  expect(outputs.keyArn?.value).toMatch(/^arn:aws:kms:eu-west-1:/);
  expect(outputs.subnetGroupName?.value).toBe(engine.platform.subnetGroupName);
  expect(outputs.monitoringRoleArn?.value).not.toBe(engine.platform.monitoringRoleArn);
  const names = async (stack: Stack, type: string) =>
    (await stateOf(stack)).flatMap((one) => (one.type === type ? [String(one.inputs.name)] : [])).sort();
  expect(await names(west, "aws:iam/role:Role")).toEqual([
    "shipshape-eu-west-1-backup",
    "shipshape-eu-west-1-monitoring",
  ]);
  expect(await names(west, "aws:backup/vault:Vault")).toEqual(["shipshape", "shipshape-of-eu-west-1"]);
  expect(await names(engine.platformStack, "aws:backup/vault:Vault")).toEqual([
    "shipshape",
    "shipshape-of-eu-central-1",
  ]);
  expect(Object.keys((await west.preview()).changeSummary)).toEqual(["same"]);
});

test("a second account can have a platform of the same names, which its own role brings up", async () => {
  await createRole(engine.cloud, "deployer", { Principal: { AWS: ownAccount } });
  other = await platformIn("platform.other", "eu-west-1", "eu-central-1");
  await other.setConfig("aws:assumeRoles[0].roleArn", { value: roleArn("deployer") }, true);
  const { outputs } = await other.up();
  expect(outputs.keyArn?.value).toContain(`arn:aws:kms:eu-west-1:${otherAccount}:key/`);
  expect(outputs.monitoringRoleArn?.value).toBe(roleArn("shipshape-eu-west-1-monitoring"));
  expect(engine.platform.monitoringRoleArn).toBe("arn:aws:iam::123456789012:role/shipshape-eu-central-1-monitoring");
  expect(Object.keys((await other.preview()).changeSummary)).toEqual(["same"]);
});

test("a database of the second account is drilled there, with the role and the platform that shipshape.yaml names", async () => {
  const outputs = Object.entries(await other.outputs()).map(([name, { value }]) => [name, value]);
  const platform = Object.fromEntries(outputs) as PlatformReference;
  const wiki = await engine.stack("database.wiki", async () => {
    const { address } = new StandardDatabase("wiki", {
      ...{ service: "wiki", owner: "team-wiki", environment: "development", tier: "bronze", size: "small" },
      ...{ dataClassification: "internal", costCenter: "1001", extensions: ["pg_stat_statements"] },
      ...{ platform, reachableFrom: {} },
    });
    return { address };
  });
  await wiki.setConfig("aws:region", { value: "eu-west-1" });
  await wiki.setConfig("aws:assumeRoles[0].roleArn", { value: roleArn("deployer") }, true);
  await wiki.up();

  const { dataFolder, env: own } = engine.cloud;
  const file = join(dataFolder, "shipshape.yaml");
  const env = { ...own, SHIPSHAPE_DATA_FOLDER: dataFolder, SHIPSHAPE_CONFIGURATION_FILE: file };
  createFirstKey(readSettings(join(__dirname, "../.."), dataFolder, env));
  const drill = async (platforms: Record<string, string>) => {
    const there = { account: otherAccount, role: roleArn("deployer"), regions: ["eu-west-1"], platforms };
    const accounts = [{ account: ownAccount, regions: ["eu-central-1", "eu-west-1"] }, there];
    writeFileSync(file, JSON.stringify({ accounts }), { mode: 0o600 });
    const words = ["request", "restore-drill", "--database", "wiki-development", "--reason", "elsewhere", "--work"];
    const { stdout } = await shipshapeCommand([...words, "--json"], { env });
    return JSON.parse(stdout) as { error: { code: string } | null };
  };
  expect((await drill({ "eu-west-1": "platform.west" })).error?.code).toBe("platform-elsewhere"); // of the first account
  const drilled = await drill({ "eu-west-1": "platform.other" });
  expect(drilled).toMatchObject({ status: "succeeded", verdict: "pass", cleanUp: "done", error: null });
});

test("a role that may not be assumed ends a preview, in AWS's words", async () => {
  const { vpcId, subnetIds, ...platform } = platformArguments;
  await engine.stack("platform.stranger", async () => {});
  const config = {
    "aws:region": "eu-central-1",
    "aws:assumeRoles": [{ roleArn: roleArn("stranger") }],
    "shipshape:platform": platform,
    "shipshape:network": { vpcId, subnetIds },
  };
  expect(await typedPreview(engine, "platform.stranger", config)).toMatch(
    new RegExp(`AccessDenied: .*not authorized to perform: sts:AssumeRole on resource: ${roleArn("stranger")}`),
  );
});

test("a platform whose copies would be in its own Region is refused at preview, and the error names the argument", async () => {
  const { vpcId, subnetIds, ...platform } = platformArguments;
  await engine.stack("platform.lost", async () => {});
  const config = {
    "aws:region": "eu-central-1",
    "shipshape:platform": { ...platform, copyRegion: "eu-central-1" },
    "shipshape:network": { vpcId, subnetIds },
  };
  expect(await typedPreview(engine, "platform.lost", config)).toContain(
    "copyRegion: eu-central-1 is the platform's own Region; give another",
  );
});

test("a replica serves readers, and gets a new minor one `up` before its source does", async () => {
  let readers = { replicas: 1, engineVersion: "17.9" };
  const stack = await engine.stack("database.reports", async () => {
    // As a patch does it: RDS waits for no window.
    pulumi.runtime.registerStackTransformation(({ type, props, opts }) =>
      type === "aws:rds/instance:Instance" ? { props: { ...props, applyImmediately: true }, opts } : undefined,
    );
    const database = new StandardDatabase("reports", {
      ...request,
      ...{ service: "reports", environment: "development", tier: "bronze" },
      ...readers,
      masterPassword: "own",
      accessRoles: "later",
      platform: engine.platform,
      reachableFrom: {},
    });
    return { readerEndpoints: database.readerEndpoints };
  });
  const changed = async (operation: "up" | "previewRefresh") => {
    const watched = watch(operation === "up" ? "plan" : "refresh");
    await stack[operation]({ onEvent: watched.onEvent });
    return watched.steps.filter(({ paths }) => paths.length > 0).map(({ name }) => name);
  };
  const versions = async () => {
    const { DBInstances = [] } = await engine.cloud.rds.send(new DescribeDBInstancesCommand({}));
    return DBInstances.filter((one) => one.DBInstanceIdentifier?.startsWith("reports")).map((one) => [
      one.DBInstanceIdentifier,
      one.EngineVersion,
      one.StatusInfos?.[0]?.Status,
    ]);
  };
  const { outputs: created } = await stack.up();
  expect(created.readerEndpoints?.value).toEqual([expect.stringMatching(/^127\.0\.0\.1:\d+$/)]);
  expect(await versions()).toEqual([
    ["reports-development", "17.9", undefined],
    ["reports-development-replica-1", "17.9", "replicating"],
  ]);
  expect(await changed("up")).toEqual([]);
  expect(await changed("previewRefresh")).toEqual([]);

  readers = { ...readers, engineVersion: "17.10" };
  expect(await changed("up")).toEqual(["reports-replica-1"]);
  expect(await changed("up")).toEqual(["reports-instance"]);
  expect(await versions()).toEqual([
    ["reports-development", "17.10", undefined],
    ["reports-development-replica-1", "17.10", "replicating"],
  ]);
  expect(await changed("previewRefresh")).toEqual([]);

  readers = { ...readers, replicas: 0 };
  await stack.up();
  expect(await versions()).toEqual([["reports-development", "17.10", undefined]]);
});

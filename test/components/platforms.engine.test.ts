import type { Stack } from "@pulumi/pulumi/automation";
import { DatabasePlatform } from "../../components";
import { createRole, otherAccount, ownAccount, roleArn } from "../localcloud/second-account";
import { platformArguments, startEngine, stateOf, typedPreview, type Engine } from "./engine";

/** The platforms of a company: one in each Region and account, and none that keeps its copies in its own Region. */
let engine: Engine;
beforeAll(async () => {
  engine = await startEngine();
});
afterAll(() => engine?.stop());

const platformIn = async (name: string, region: string, copyRegion: string): Promise<Stack> => {
  const stack = await engine.stack(name, async () => {
    const { keyArn, monitoringRoleArn, subnetGroupName } = new DatabasePlatform("platform", {
      ...platformArguments,
      copyRegion,
    });
    return { keyArn, monitoringRoleArn, subnetGroupName };
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
  const other = await platformIn("platform.other", "eu-central-1", "eu-west-1");
  await other.setConfig("aws:assumeRoles[0].roleArn", { value: roleArn("deployer") }, true);
  const { outputs } = await other.up();
  expect(outputs.keyArn?.value).toContain(`arn:aws:kms:eu-central-1:${otherAccount}:key/`);
  expect(outputs.monitoringRoleArn?.value).toBe(roleArn("shipshape-eu-central-1-monitoring"));
  expect(engine.platform.monitoringRoleArn).toBe("arn:aws:iam::123456789012:role/shipshape-eu-central-1-monitoring");
  expect(Object.keys((await other.preview()).changeSummary)).toEqual(["same"]);
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

// A company with other tiers, sizes, tags, names and rules, in two Regions: its platforms and databases come up and are
// guarded without a change of ours.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Stack } from "@pulumi/pulumi/automation";
import { DatabasePlatform, StandardDatabase } from "../../../components";
import type { StandardDatabaseArgs } from "../../../components/database-request";
import { birthDigest } from "../../../components/standards/standard";
import { readStandard } from "../../../components/standards/standard-file";
import { platformArguments, startEngine, stateOf, type Engine, type StateResource } from "../engine";
import { companyFolder, today } from "./company";
import { shipshapeCommand } from "../../shipshape-command";

const { folder, file, configuration } = companyFolder();
const standard = readStandard(file, today);
let engine: Engine;
beforeAll(async () => void (engine = await startEngine()));
afterAll(() => engine?.stop());

/** A platform and its databases, as one program of the company. */
async function broughtUp(region: string, copyRegion: string, services: Record<string, object>): Promise<Stack> {
  const { vpcId, subnetIds } = platformArguments;
  const own = { standard, owner: "payments-team", costCenter: "CC-12345", environment: "live" };
  const stack = await engine.stack(`database.${region}`, async () => {
    const platform = new DatabasePlatform("platform", {
      ...own,
      ...{ vpcId, subnetIds, copyRegion, postgresMajors: [17] },
    } as unknown as typeof platformArguments);
    const databases = Object.entries(services).map(([service, more]) => {
      const args = { ...own, service, tier: "platinum", size: "m", dataClassification: "C2", platform, ...more };
      return [service, new StandardDatabase(service, args as unknown as StandardDatabaseArgs).standard] as const;
    });
    return { followed: Object.fromEntries(databases), subnetGroup: platform.subnetGroupName };
  });
  await stack.setConfig("aws:region", { value: region });
  await stack.setConfig("shipshape:birth", { value: birthDigest(standard.birth) });
  const { outputs } = await stack.up();
  const { name, version, digest } = standard;
  for (const followed of Object.values(outputs["followed"]?.value as object))
    expect(followed).toEqual({ name, version, digest });
  expect(outputs["subnetGroup"]?.value).toBe(`acme-${region}-databases`);
  expect(Object.keys((await stack.preview()).changeSummary)).toEqual(["same"]);
  return stack;
}

const instances = (state: StateResource[]) => state.filter(({ type }) => type === "aws:rds/instance:Instance");

test("platforms in two Regions and three databases come up under its standard, are guarded by it and by its own rules", async () => {
  const central = await broughtUp("eu-central-1", "eu-west-1", { orders: {}, ledger: { tier: "economy", size: "s" } });
  const west = await broughtUp("eu-west-1", "eu-central-1", { wiki: { accessRoles: "later" } });
  const states = [await stateOf(central), await stateOf(west)];
  const found = states
    .flatMap(instances)
    .map(({ outputs }) => [
      String(outputs["arn"]).split(":")[3],
      outputs["identifier"],
      (outputs["tags"] as Record<string, string>)["ServiceLevel"],
      (outputs["tags"] as Record<string, string>)["shipshape:standard"],
    ]);
  const tag = `acme/2027.1.0/${standard.digest.slice(0, 12)}`;
  expect(found.sort()).toEqual([
    ["eu-central-1", "live-ledger-pg", "economy", tag],
    ["eu-central-1", "live-orders-pg", "platinum", tag],
    ["eu-west-1", "live-wiki-pg", "platinum", tag],
  ]);
  for (const state of states) expect(JSON.stringify(state)).not.toMatch(/"(gold|silver|bronze)"/);

  const folderOfStates = join(folder, "states");
  mkdirSync(folderOfStates);
  for (const stack of [central, west])
    writeFileSync(join(folderOfStates, `${stack.name}.json`), JSON.stringify(await stack.exportStack()));
  const { code, stdout } = await guard("--state", folderOfStates, "--json");
  const { findings } = JSON.parse(stdout) as { findings: { rule: string; kind: string; name: string }[] };
  expect(code).toBe(1);
  expect(findings.filter(({ kind }) => kind === "violation").map(({ rule, name }) => [rule, name])).toEqual([
    ["forbid-burstable-production", "ledger-instance"],
  ]);
  expect(stdout).not.toMatch(/\b(gold|silver|bronze)\b/);
});

async function guard(...words: string[]) {
  const env = { ...engine.cloud.env, SHIPSHAPE_CONFIGURATION_FILE: configuration };
  const { code, stdout, stderr } = await shipshapeCommand(["guard", ...words], { env, cwd: folder });
  if (!stdout) throw new Error(stderr);
  return { code, stdout };
}

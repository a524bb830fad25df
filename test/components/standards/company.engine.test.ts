import { DatabasePlatform, StandardDatabase } from "../../../components";
import type { StandardDatabaseArgs } from "../../../components/database-request";
import { birthDigest } from "../../../components/standards/standard";
import { readStandard } from "../../../components/standards/standard-file";
import { platformArguments, startEngine, stateOf, type Engine } from "../engine";
import { companyFolder, today } from "./company";

let engine: Engine;
beforeAll(async () => void (engine = await startEngine()));
afterAll(() => engine?.stop());

test("a company's platform and database come up under its own standard, and a second preview changes nothing", async () => {
  const standard = readStandard(companyFolder().file, today);
  const { vpcId, subnetIds } = platformArguments;
  const own = { standard, owner: "payments-team", costCenter: "CC-12345", environment: "live" };
  const stack = await engine.stack("database.orders-live", async () => {
    const platform = new DatabasePlatform("platform", {
      ...own,
      vpcId,
      subnetIds,
      postgresMajors: [17],
    } as unknown as typeof platformArguments);
    const orders = new StandardDatabase("orders", {
      ...own,
      service: "orders",
      tier: "platinum",
      size: "s",
      dataClassification: "C2",
      platform,
    } as unknown as StandardDatabaseArgs);
    return { followed: orders.standard, subnetGroup: platform.subnetGroupName };
  });
  await stack.setConfig("aws:region", { value: "eu-central-1" });
  await stack.setConfig("shipshape:birth", { value: birthDigest(standard.birth) });
  const { outputs } = await stack.up();
  const { name, version, digest } = standard;
  expect(outputs["followed"]?.value).toEqual({ name, version, digest });
  expect(outputs["subnetGroup"]?.value).toBe("acme-eu-central-1-databases");
  const state = await stateOf(stack);
  const instance = state.find(({ type }) => type === "aws:rds/instance:Instance")!;
  expect(instance.outputs).toMatchObject({
    identifier: "live-orders-pg",
    username: "acme_admin",
    tags: { ServiceLevel: "platinum", "shipshape:standard": `acme/2027.1.0/${digest.slice(0, 12)}` },
  });
  expect(state.some(({ inputs }) => JSON.stringify(inputs).includes('"gold"'))).toBe(false);
  expect(Object.keys((await stack.preview()).changeSummary)).toEqual(["same"]);
});

// What is inside a database, on the real engine and the embedded cloud: as declared it has no difference, and each kind
// of change by SQL is found.
import { join } from "node:path";
import type { OutputMap } from "@pulumi/pulumi/automation";
import { StandardDatabase } from "../../../../components";
import { builtIn } from "../../../../components/standards/built-in";
import { accessSteps } from "../../../../automation/operations/drift-detection/access-steps";
import type { DriftDetectionPlan } from "../../../../automation/operations/drift-detection/plan";
import { instanceIs } from "../../../cloud";
import { loggedIn, type Query } from "../../../components/database-login";
import { request } from "../../../components/declared";
import { startEngine, type Engine } from "../../../components/engine";

const identifier = "orders-development";
let engine: Engine;
let outputs: OutputMap;
let resourceId: string;

beforeAll(async () => {
  engine = await startEngine();
  const stack = await engine.stack("database.orders-development", async () => {
    const { connectionStrings } = new StandardDatabase("orders", {
      ...{ ...request, environment: "development", tier: "bronze" },
      ...{ extensions: ["pg_stat_statements"], furtherSchemas: ["billing"], platform: engine.platform },
    });
    return { connectionStrings };
  });
  ({ outputs } = await stack.up());
  resourceId = (await instanceIs(engine.cloud, identifier, "available")).DbiResourceId!;
  await as("owner", async (query) => {
    await query("create table invoice (id bigint generated always as identity primary key, amount numeric not null)");
    await query("create view total as select sum(amount) from invoice");
    await query("create schema reporting");
    await query("create table reporting.note (body text)");
    await query("create type orders.state as enum ('open', 'paid')");
    await query("create function orders.bump(i int) returns int language sql as 'select i + 1'");
    await query("create procedure orders.tidy() language sql as 'delete from orders.invoice'");
    await query("create table billing.fee (amount int)");
  });
}, 300_000);
afterAll(() => engine?.stop());

const urls = () => outputs.connectionStrings?.value as Record<string, string>;
const as = <T>(role: string, work: (query: Query) => Promise<T>): Promise<T> =>
  loggedIn(engine.cloud, urls()[role] ?? "", work);

async function access() {
  const { cloud } = engine;
  const { endpoint, region, credentials } = cloud.client();
  const steps = accessSteps({
    access: { cloud: { endpoint, region, credentials }, rootCertificateFile: cloud.env.PGSSLROOTCERT! },
    standard: builtIn,
    stacks: { workspacesFolder: join(cloud.dataFolder, "workspaces"), environment: cloud.env },
  });
  const database = { identifier, resourceId, arn: "", account: "", region: "" };
  const found = await steps.readAccess({ database } as DriftDetectionPlan, "shipshape/database.orders-development");
  return found!;
}
test("a database with the tables of its team has no difference inside", async () => {
  expect(await access()).toMatchObject({ database: "orders", read: { logins: 6 }, differences: [] });
});

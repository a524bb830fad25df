// A train on the real engine: three databases in three rings from one minor to the next, with a writing client. A bad
// canary halts it and leaves the other rings alone; people resume it, and skip a database; a worker is killed.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CreateDBInstanceCommand, DescribeDBInstancesCommand, ModifyDBInstanceCommand } from "@aws-sdk/client-rds";
import { LocalWorkspace, type Stack } from "@pulumi/pulumi/automation";
import { createFirstKey } from "../../../../automation/command-line/evidence-log";
import { openControlPlane, type ControlPlane } from "../../../../automation/control-plane";
import type { TrainPlan } from "../../../../automation/operations/ringed-patch/plan";
import { readSettings } from "../../../../automation/settings";
import { builtIn } from "../../../../components/standards/built-in";
import { database } from "../../../../stacks/database";
import { instanceIs } from "../../../cloud";
import { request } from "../../../components/declared";
import { startEngine, type Engine } from "../../../components/engine";
import { small } from "../../../localcloud/server/database-client";
import { until } from "../../../until";
import { unused } from "../../probe";
import { Commands } from "../disturbed-commands";
import { Writer } from "./writer";

const all = ["billing-development", "orders-development", "ledger-production"] as const;
type Identifier = (typeof all)[number];

let engine: Engine;
let commands: Commands;
let controlPlane: ControlPlane;
let writer: Writer;
const stacks = new Map<Identifier, Stack>();

beforeAll(async () => {
  engine = await startEngine();
  const { cloud } = engine;
  const repository = join(cloud.dataFolder, "repository");
  mkdirSync(repository);
  for (const identifier of all) stacks.set(identifier, await broughtUp(identifier, repository));
  commands = Commands.in(cloud, repository, "database-patch");
  createFirstKey(readSettings(join(__dirname, "../../../.."), cloud.dataFolder, commands.env));
  controlPlane = await openControlPlane({
    standard: builtIn,
    databaseUrl: cloud.env.SHIPSHAPE_DATABASE_URL!,
    signer: unused,
    toolVersions: {},
    operations: unused,
  });
  const byHand = { ...small, DBInstanceIdentifier: "byhand", EngineVersion: "17.9" };
  await cloud.rds.send(new CreateDBInstanceCommand(byHand));
  await instanceIs(cloud, "byhand", "available");
  writer = await Writer.to(cloud, "shipshape/billing/development/billing/owner");
}, 600_000);
afterAll(async () => {
  await writer?.stop();
  await controlPlane?.close();
  commands?.stop();
  await engine?.stop();
});

async function broughtUp(identifier: Identifier, repository: string): Promise<Stack> {
  const { cloud } = engine;
  const [service = "", environment = ""] = identifier.split("-");
  const readers = identifier === "orders-development" ? { masterPassword: "own", replicas: 1 } : {};
  const config = {
    ...request,
    ...readers,
    service,
    environment,
    tier: "bronze",
    engineVersion: "17.9",
    extensions: [],
  };
  const text = `config:\n  aws:region: ${cloud.env.AWS_REGION}\n  shipshape:request:\n${Object.entries(config)
    .map(([name, value]) => `    ${name}: ${JSON.stringify(value)}\n`)
    .join("")}  shipshape:place:\n    platformStack: platform.test\n`;
  const stackName = `database.${identifier}`;
  const workDir = join(cloud.dataFolder, `program-${identifier}`);
  mkdirSync(workDir);
  for (const folder of [repository, workDir]) writeFileSync(join(folder, `Pulumi.${stackName}.yaml`), text);
  const program = () => Promise.resolve(database());
  const made = await LocalWorkspace.createOrSelectStack(
    { projectName: "shipshape", stackName, program },
    { workDir, envVars: cloud.env },
  );
  await made.up();
  return made;
}

const instanceNow = async (identifier: string) => {
  const asked = new DescribeDBInstancesCommand({ DBInstanceIdentifier: identifier });
  return (await engine.cloud.rds.send(asked)).DBInstances![0]!;
};
const versions = async () =>
  Object.fromEntries(await Promise.all(all.map(async (one) => [one, (await instanceNow(one)).EngineVersion])));
const modify = async (identifier: Identifier, changes: object) => {
  await engine.cloud.rds.send(new ModifyDBInstanceCommand({ DBInstanceIdentifier: identifier, ...changes }));
  await instanceIs(engine.cloud, identifier, "available");
};
const said = async (...words: string[]) => {
  const { stdout, stderr, code } = await commands.shipshape("", ...words).ended;
  if (code !== 0) throw new Error(stderr);
  return stdout;
};
const statesOf = async (id: string) => (await controlPlane.train(id)).rings.map(({ state }) => state);
const ringIs = (id: string, ring: number, state: string) =>
  until(`ring ${ring} of ${id} is ${state}`, async () => {
    const { finishedAt, error, checks } = await controlPlane.run(id);
    const found = (await statesOf(id))[ring - 1];
    if (finishedAt && found !== state) throw new Error(JSON.stringify({ found, error, checks }));
    return found === state;
  });

let id: string;

/** Since an hour, and for most of a day: without one, the window of each database counts. */
function openNow(): string {
  const at = (hours: number): string => {
    const moment = new Date(Date.now() + hours * 3_600_000);
    const day = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"][moment.getUTCDay()];
    return `${day}:${moment.toISOString().slice(11, 16)}`;
  };
  return `${at(-1)}-${at(22)}`;
}

test("its plan has the rings, the way back in seconds, and who cannot go, and is approved once for all", async () => {
  const window = openNow();
  const reason = ["--reason", "fixes of the quarter"];
  const words = ["--to", "17.10", "--fleet", "--bake-minutes", "0.25", "--window", window, ...reason];
  const preview = await said("request", "ringed-patch", ...words, "--plan-only");
  expect(preview).toContain(`3 databases in 3 rings, the largest of 1; in the window ${window} UTC.`);
  expect(preview).toMatch(
    /ring 1: 1 database.*\n {2}billing-development +17\.9 → 17\.10 {2}in place {2}development bronze/,
  );
  expect(preview).toMatch(/which loses up to 915 s of writes/);
  expect(preview).toContain("byhand: stack, no stack declares it");
  commands.shipshape("", "worker");
  id = (JSON.parse(await said("request", "ringed-patch", ...words, "--json")) as { id: string }).id;
  const { planDigest = "", plan } = await until(`${id} is planned`, async () => {
    const run = await controlPlane.run(id);
    if (run.finishedAt) throw new Error(JSON.stringify(run.error));
    return run.status === "waiting" ? run : undefined;
  });
  const { rings } = plan as TrainPlan;
  expect(rings.map(({ databases }) => databases.map(({ identifier }) => identifier))).toEqual(all.map((one) => [one]));
  await controlPlane.approve(id, { principal: "ben", plan: planDigest, comment: "as agreed" });
});

test("a canary that is not well halts the train: no other ring begins, and people are told", async () => {
  await ringIs(id, 1, "baking");
  expect(await versions()).toMatchObject({ "billing-development": "17.10", "orders-development": "17.9" });
  await modify("billing-development", { DBInstanceClass: "db.m7g.large" });
  await ringIs(id, 1, "halted");
  expect(await statesOf(id)).toEqual(["halted", "waiting", "waiting"]);
  expect(await versions()).toMatchObject({ "orders-development": "17.9", "ledger-production": "17.9" });
  const { decisions } = await controlPlane.train(id);
  expect(decisions).toMatchObject([{ ring: 1, word: "halt", by: "health gate", gate: { verdict: "fail" } }]);
  expect(decisions[0]!.gate!.found).toMatchObject([
    { name: "billing-development: version-by-api", explanation: expect.stringContaining("DBInstanceClass waits") },
  ]);
  expect((await controlPlane.findings(10)).map((one) => one.id)).toContain(`${id}.verdict`);
  const shown = await said("train", "show", id);
  expect(shown).toMatch(/^1 +halted .* 1 of 1 patched$/m);
  expect(shown).toContain(`npx shipshape train resume ${id}`);
});

test("resumed, it watches the ring again and goes on, whatever worker is killed", async () => {
  commands.stop();
  const { DBInstanceClass } = await instanceNow("billing-development");
  await modify("billing-development", { DBInstanceClass, ApplyImmediately: true });
  const killed = commands.shipshape("in bring the stack up", "worker");
  await said("train", "resume", id, "--reason", "that was ours");
  expect((await killed.ended).signal).toBe("SIGKILL");
  commands.shipshape("", "worker");
  await ringIs(id, 2, "baking");
  expect(await versions()).toMatchObject({ "orders-development": "17.10", "ledger-production": "17.9" });
  await said("train", "halt", id, "--reason", "lunch");
  expect(await statesOf(id)).toEqual(["promoted", "halted", "waiting"]);
  const open = (await controlPlane.findings(10)).find((one) => one.id === `${id}.verdict`);
  expect(open?.summary).toMatch(/^ring 2 is halted by .*: lunch$/);
});

test("a database that people skip is left alone, by a waiver, and the train comes to its end", async () => {
  await said("train", "skip", id, "--database", "ledger-production", "--reason", "its release is on Friday");
  await said("train", "resume", id, "--reason", "back");
  const run = await until(`${id} is over`, async () => {
    const found = await controlPlane.run(id);
    return found.finishedAt && found.sealedAt ? found : undefined;
  });
  expect(await statesOf(id)).toEqual(["promoted", "promoted", "promoted"]);
  expect(run).toMatchObject({ status: "succeeded", verdict: "inconclusive" });
  expect(run.checks.filter(({ verdict }) => verdict !== "pass")).toMatchObject([
    { name: "no-database-was-skipped", explanation: `ledger-production: waiver ${id}-ledger-production` },
  ]);
  expect(
    (await controlPlane.train(id)).decisions.map(
      ({ word, by }) => `${word} by ${by === "health gate" ? by : "a person"}`,
    ),
  ).toEqual([
    ...["halt by health gate", "resume by a person", "promote by health gate", "halt by a person", "skip by a person"],
    ...["resume by a person", "promote by health gate", "promote by health gate"],
  ]);
  expect(await versions()).toMatchObject({ "ledger-production": "17.9" });
});

test("each database was patched once, its statement is sealed, and no acknowledged row is lost", async () => {
  const children = await controlPlane.children(id);
  expect(children.map(({ target, status, verdict }) => [target, status, verdict])).toEqual([
    ["billing-development", "succeeded", "pass"],
    ["orders-development", "succeeded", "pass"],
  ]);
  expect(children.every(({ sealedAt }) => sealedAt !== undefined)).toBe(true);
  expect(commands.git("log", "--format=%s").split("\n")).toEqual([
    ...["orders", "billing"].map((one) => `Set engineVersion of database.${one}-development to "17.10"`),
    "Begin",
  ]);
  const replica = await instanceNow("orders-development-replica-1");
  expect([replica.EngineVersion, replica.StatusInfos?.[0]?.Status]).toEqual(["17.10", "replicating"]);
  expect(await writer.lost()).toEqual([]);
  expect(writer.acknowledged.length).toBeGreaterThan(100);
});

test("the owner's next `up` has nothing to do", async () => {
  const stack = stacks.get("billing-development")!;
  const file = "Pulumi.database.billing-development.yaml";
  writeFileSync(
    join(engine.cloud.dataFolder, "program-billing-development", file),
    commands.git("show", `HEAD:${file}`),
  );
  const { changeSummary } = await stack.preview({ refresh: true });
  expect(Object.keys(changeSummary).filter((op) => op !== "same")).toEqual([]);
});

import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";
import program from "../../stacks";
import { declare } from "../components/declared";

const folder = join(__dirname, "../../stacks");
const configOf = (stack: string): Record<string, unknown> =>
  (parse(readFileSync(join(folder, `Pulumi.${stack}.yaml`), "utf8")) as { config: Record<string, unknown> }).config;
const tracked = readdirSync(folder).flatMap((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1] ?? []);

/** Runs the entry point as the engine would for a stack of this name with this config. */
async function run(
  stack: string,
  config: Record<string, unknown>,
): Promise<{ names: string[]; error: string | undefined; outputs: Record<string, unknown> }> {
  pulumi.runtime.setAllConfig(
    Object.fromEntries(
      Object.entries(config).map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]),
    ),
  );
  let error: string | undefined;
  let outputs: Record<string, unknown> = {};
  const declared = await declare(
    () =>
      program().then(
        (given) => void (outputs = given),
        (reason: unknown) => void (error = (reason as Error).message),
      ),
    stack,
  );
  return { names: declared.map((one) => one.name), error, outputs };
}

test.each(tracked)("%s has all the config that its program reads", async (stack) => {
  const { names, error } = await run(stack, configOf(stack));
  expect(error).toBeUndefined();
  expect(names.length).toBeGreaterThan(20);
});

test("a database has a handful of outputs, a line each, and more on request", async () => {
  const { outputs } = await run("database.orders-production", configOf("database.orders-production"));
  const seals = await Promise.all(
    Object.values(outputs).map((value) => pulumi.isSecret(pulumi.output(value as pulumi.Input<object>))),
  );
  const sealed = Object.keys(outputs).filter((_, at) => seals[at]);
  expect(sealed).toEqual(["connectionStrings", "secretArns", "standard"]);
  const shown = Object.keys(outputs).filter((name) => !sealed.includes(name));
  expect(shown).toEqual(["endpoint", "databaseName", "resourceId", "securityGroupId", "engineVersion"]);
  const values = await Promise.all(
    shown.map(
      (name) => new Promise((resolve) => void pulumi.output(outputs[name] as pulumi.Input<string>).apply(resolve)),
    ),
  );
  expect(values.map((value) => typeof value)).toEqual(shown.map(() => "string"));
});

test.each(tracked)("%s keeps a fixed salt and no secret in its config", (stack) => {
  const text = readFileSync(join(folder, `Pulumi.${stack}.yaml`), "utf8");
  expect(text).toMatch(/^encryptionsalt: v1:/m);
  expect(text).not.toMatch(/secure:/);
});

test.each([
  ["orders", 'stack name: "orders" names no program; give database.<name> or platform.<name>'],
  ["cluster.orders", 'stack name: "cluster.orders" names no program'],
])("the error for a stack called %s lists the possible names", async (stack, message) => {
  const { names, error } = await run(stack, {});
  expect(error).toContain(message);
  expect(names).toEqual([]);
});

test("the error for a database without config names everything that is missing, and nothing is created", async () => {
  const { names, error } = await run("database.new", {});
  for (const path of [
    "request.service",
    "request.owner",
    "request.environment",
    "request.tier",
    "request.size",
    "request.dataClassification",
    "request.costCenter",
    "place",
  ])
    expect(error).toContain(`  ${path}: `);
  expect(names).toEqual([]);
});

test("errors in the request and in the place are reported together, each with its path", async () => {
  const good = configOf("database.ledger-development");
  const { error } = await run("database.new", {
    ...good,
    "shipshape:request": { ...(good["shipshape:request"] as object), tier: "tin" },
    "shipshape:place": { platformStack: "dev", reachableFrom: { api: "0.0.0.0/0" }, plattform: 1 },
  });
  expect(error).toMatch(/^config of stack database\.new: 4 arguments are wrong, nothing was created/);
  expect(error).toMatch(/request\.tier: give one of gold, silver, bronze \(given "tin"\)/);
  expect(error).toMatch(/place\.platformStack: give the platform's stack, such as "platform\.dev" \(given "dev"\)/);
  expect(error).toMatch(/place\.reachableFrom\.api: give a security group id/);
  expect(error).toMatch(/place\.plattform: is not an argument/);
});

test("a platform in one zone is refused", async () => {
  const good = configOf("platform.dev");
  const { error, names } = await run("platform.new", {
    ...good,
    "shipshape:network": { vpcId: "vpc-0a1b2c3d4e5f60001", subnetIds: ["subnet-0a1b2c3d4e5f60001"] },
  });
  expect(error).toMatch(/network\.subnetIds: give private subnets in at least two zones/);
  expect(names).toEqual([]);
});

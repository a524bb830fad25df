import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { buildCommand } from "../../automation/command-line/main";
import { readSettings } from "../../automation/settings";
import { recordedTerminal } from "./command-line/recorded-terminal";

const checkout = join(__dirname, "../..");
const folder = mkdtempSync(join(tmpdir(), "shipshape-hand-over-"));
afterAll(() => rmSync(folder, { recursive: true }));
const backend = `file://${folder}`;

const secret = { arn: "arn:aws:secretsmanager:eu-central-1:1:secret:orders-1a", name: "shipshape/orders/readwrite" };
const arnOf = (name: string) => `arn:aws:rds:eu-central-1:1:db:${name}`;
const handOver = {
  identifier: "orders-production",
  arn: arnOf("orders-production"),
  resourceId: "db-ORDERS",
  address: "orders.internal",
  port: 5433,
  databaseName: "orders",
  keyArn: "arn:aws:kms:eu-central-1:1:key/1",
  logins: { readwrite: { username: "readwrite", secret }, audit_reader: { username: "audit_reader" } },
};

/** The state of a stack that declares a database. */
function state(stack: string, identifier: string, output?: unknown): void {
  const component = `urn:pulumi:s::p::shipshape:index:StandardDatabase::${identifier}`;
  const type = "aws:rds/instance:Instance";
  const resources = [
    { urn: component, type: "shipshape:index:StandardDatabase", outputs: { handOver: output } },
    {
      urn: `${component}-instance`,
      type,
      parent: component,
      outputs: { engine: "postgres", identifier, arn: arnOf(identifier), resourceId: "db-ORDERS" },
    },
  ];
  const file = join(folder, ".pulumi", "stacks", `${stack}.json`);
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(file, JSON.stringify({ version: 3, checkpoint: { latest: { resources } } }));
}
beforeEach(() => {
  rmSync(join(folder, ".pulumi"), { recursive: true, force: true });
  state("shop/prod", "orders-production", handOver);
});

/** What the command prints. */
async function printed(...words: string[]): Promise<{ out: string; notes: string }> {
  const { terminal, results, messages } = recordedTerminal();
  const settings = readSettings(checkout, folder, { PULUMI_BACKEND_URL: backend, SHIPSHAPE_DATA_FOLDER: folder });
  await buildCommand({ settings, terminal }).parseAsync(["hand-over", ...words], { from: "user" });
  return { out: results.join("\n"), notes: messages.join("\n") };
}
const refusal = (...words: string[]): Promise<unknown> => printed(...words).catch((error: unknown) => error);

test.each(["ecs", "lambda", "external-secrets", "iam"])(
  "standard output has only what is pasted for %s, where it belongs is beside it, and --json says the same",
  async (target) => {
    const { out, notes } = await printed("orders-production", "--for", target);
    const pasted = (target === "external-secrets" ? parse(out) : JSON.parse(out)) as unknown;
    expect(JSON.stringify(pasted)).toContain(target === "external-secrets" ? secret.name : secret.arn);
    expect(notes).toMatch(/^for /);
    const json = await printed("orders-production", "--for", target, "--json");
    expect(JSON.parse(json.out)).toEqual({
      database: "orders-production",
      role: "readwrite",
      for: target,
      handOver: pasted,
    });
    expect(json.notes).toBe("");
  },
);

test("a role without a secret is handed over by its address, for its IAM token", async () => {
  const { out } = await printed("orders-production", "--for", "lambda", "--role", "audit_reader");
  expect(JSON.parse(out)).toMatchObject({ PGHOST: "orders.internal", PGPORT: "5433", PGUSER: "audit_reader" });
});

test("the same name in several stacks is refused until the stack is given", async () => {
  state("shop/eu-west-1", "orders-production", { ...handOver, address: "west.internal" });
  expect(await refusal("orders-production", "--for", "iam")).toMatchObject({
    code: "database-undeclared",
    message: expect.stringMatching(/2 do: give --stack, shop\/eu-west-1 or shop\/prod/) as string,
  });
  const words = ["orders-production", "--for", "lambda", "--role", "audit_reader", "--stack", "shop/eu-west-1"];
  expect(JSON.parse((await printed(...words)).out)).toMatchObject({ PGHOST: "west.internal" });
});

test("a database that no stack declares is refused with those that are, and what could not be read", async () => {
  writeFileSync(join(folder, ".pulumi", "stacks", "shop", "broken.json"), "{");
  expect(await refusal("carts", "--for", "iam")).toMatchObject({
    code: "database-undeclared",
    exitCode: 2,
    message: expect.stringMatching(
      /they declare orders-production \(shop\/prod\); not read: shop\/broken, .*JSON/,
    ) as string,
  });
  rmSync(join(folder, ".pulumi"), { recursive: true });
  expect(await refusal("carts", "--for", "iam")).toMatchObject({
    message: expect.stringContaining("it has no folder .pulumi") as string,
  });
});

test.each([
  ["an unknown role", handOver, ["--role", "admin"], 'give one of its roles readwrite, audit_reader (given "admin")'],
  ["roles that come later", { ...handOver, logins: {} }, [], 'it has no logins yet: accessRoles is "later"'],
  ["a manifest for a role without a secret", handOver, ["--role", "audit_reader"], "audit_reader has no secret"],
  ["a stack brought up before this output existed", undefined, [], "its state has no readable output"],
  [
    "a value that its stack encrypts",
    { ...handOver, keyArn: { ciphertext: "x" } },
    [],
    "its state has no readable output",
  ],
])("%s is refused, with the stack it is about", async (_, output, words, reason) => {
  state("shop/prod", "orders-production", output);
  expect(await refusal("orders-production", "--for", "external-secrets", ...words)).toMatchObject({
    code: "hand-over-refused",
    message: expect.stringContaining(`of stack shop/prod cannot be handed over like this: ${reason}`) as string,
  });
});

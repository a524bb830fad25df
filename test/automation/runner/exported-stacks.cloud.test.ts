// Stacks of a backend that only the engine can read, here a program that answers like it and counts its starts.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { askBackend } from "../../../automation/runner/backend-stacks";

const folder = mkdtempSync(join(tmpdir(), "shipshape-exported-"));
const [calls, memory] = [join(folder, "calls"), join(folder, "workspaces", "stacks-read.json")];
afterAll(() => rmSync(folder, { recursive: true }));
const program = `#!/bin/sh
echo "$1 $2 $4" >> ${calls}
case "$1 $2" in
  "whoami --json") echo '{"url":"https://app.pulumi.com/acme"}' ;;
  "stack ls") cat ${folder}/listed.json ;;
  "stack export") cat "${folder}/states/$4" || exit 1 ;;
esac
`;
const shell = execFileSync("sh", ["-c", "command -v sh"], { encoding: "utf8" }).trim();
mkdirSync(join(folder, "states", "acme", "shop"), { recursive: true });
writeFileSync(join(folder, "pulumi"), program, { mode: 0o755 });

const list = (...stacks: object[]) => writeFileSync(join(folder, "listed.json"), JSON.stringify(stacks));
function write(name: string, identifier: string): void {
  const arn = `arn:aws:rds:eu-west-1:1:db:${identifier}`;
  const outputs = { engine: "postgres", identifier, arn, resourceId: `db-${identifier}` };
  const type = "aws:rds/instance:Instance";
  const resources = [{ urn: `urn:pulumi:s::p::${type}::i`, type, outputs }];
  writeFileSync(join(folder, "states", name), JSON.stringify({ version: 3, deployment: { resources } }));
}
/** What is read, and which states were exported for it. */
async function ask(backend?: string, isWanted?: (stack: string) => boolean) {
  writeFileSync(calls, "");
  const environment = { PATH: `${folder}:${join(shell, "..")}`, PULUMI_BACKEND_URL: backend };
  const answer = await askBackend({ workspacesFolder: join(folder, "workspaces"), environment }, isWanted);
  if (!answer.asked) throw new Error(answer.reason);
  const started = readFileSync(calls, "utf8")
    .split("\n")
    .filter((call) => call.startsWith("stack export"));
  return {
    databases: answer.stacks.flatMap((s) => s.databases.map((d) => `${s.name} ${d.identifier}`)),
    unread: answer.unread.map((one) => one.stack),
    exported: started.map((call) => call.slice("stack export ".length)),
  };
}
const [cart, stock] = ["acme/shop/cart", "acme/shop/stock"];
const at = (name: string, hour: number, more: object = {}) => ({
  name,
  lastUpdate: `2026-11-27T0${hour}:00:00.000Z`,
  resourceCount: 3,
  ...more,
});

beforeEach(() => {
  rmSync(join(folder, "workspaces"), { recursive: true, force: true });
  write(cart, "cart");
  write(stock, "stock");
});
const both = { databases: [`${cart} cart`, `${stock} stock`], unread: [] };

test("a stack is exported when it was updated since it was last read, and remembered otherwise", async () => {
  list(at(cart, 1), at(stock, 1), at("acme/shop/empty", 1, { resourceCount: 0 }));
  expect(await ask()).toEqual({ ...both, exported: expect.arrayContaining([cart, stock]) as string[] });
  expect(await ask()).toEqual({ ...both, exported: [] });
  write(stock, "warehouse");
  list(at(cart, 1), at(stock, 2));
  const changed = { databases: [`${cart} cart`, `${stock} warehouse`], unread: [] };
  expect(await ask()).toEqual({ ...changed, exported: [stock] });
  expect(await ask()).toEqual({ ...changed, exported: [] });
  list(at(cart, 1));
  expect(await ask()).toEqual({ databases: [`${cart} cart`], unread: [], exported: [] });
});

test("of the stacks that are not wanted none is exported, and what is known of them stays known", async () => {
  list(at(cart, 1), at(stock, 1));
  const only = (stack: string) => stack === cart;
  const alone = { databases: [`${cart} cart`], unread: [] };
  expect(await ask(undefined, only)).toEqual({ ...alone, exported: [cart] });
  expect(await ask()).toEqual({ ...both, exported: [stock] });
  expect(await ask(undefined, only)).toEqual({ ...alone, exported: [] });
  expect(await ask()).toEqual({ ...both, exported: [] });
});

test("what is read during an update, or without the time of one, is read again", async () => {
  list(at(cart, 1, { updateInProgress: true }), { name: stock, resourceCount: 1 });
  for (const look of ["first", "second"])
    expect({ look, ...(await ask()) }).toEqual({ look, ...both, exported: expect.arrayContaining([cart, stock]) });
});

test("a stack that cannot be exported is named, exported again at the next look, and hides no other", async () => {
  list(at(cart, 1), at("acme/shop/secret", 1), at(stock, 1));
  const incomplete = { ...both, unread: ["acme/shop/secret"] };
  expect(await ask()).toMatchObject(incomplete);
  expect(await ask()).toEqual({ ...incomplete, exported: ["acme/shop/secret"] });
});

test("what was remembered of another backend, by another version, or was cut off, does not count", async () => {
  list(at(cart, 1), at(stock, 1));
  await ask();
  expect((await ask("s3://acme-states")).exported).toHaveLength(2);
  expect((await ask("s3://acme-states")).exported).toHaveLength(0);
  const remembered = JSON.parse(readFileSync(memory, "utf8")) as object;
  for (const text of [JSON.stringify({ ...remembered, version: "0.0.1" }), JSON.stringify(remembered).slice(0, -9)]) {
    writeFileSync(memory, text);
    const { exported, ...found } = await ask("s3://acme-states");
    expect({ found, exports: exported.length }).toEqual({ found: both, exports: 2 });
  }
});

import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { askBackend } from "../../../automation/runner/backend-stacks";

const folder = mkdtempSync(join(tmpdir(), "shipshape a backend, 100% "));
afterAll(() => rmSync(folder, { recursive: true }));
const backend = `file://${encodeURI(folder)}`;
const stacks = join(folder, ".pulumi", "stacks");
const askWith = (environment: Record<string, string | undefined>) =>
  askBackend({ workspacesFolder: join(folder, "workspaces"), environment });
const ask = (url = backend) => askWith({ PULUMI_BACKEND_URL: url });

const resource = (name: string) => ({
  urn: `urn:pulumi:s::p::aws:rds/instance:Instance::${name}`,
  type: "aws:rds/instance:Instance",
  outputs: {
    engine: "postgres",
    identifier: name,
    arn: `arn:aws:rds:eu-west-1:1:db:${name}`,
    resourceId: `db-${name}`,
  },
});
const checkpoint = (...names: string[]) =>
  JSON.stringify({ version: 3, checkpoint: { stack: "s", latest: { resources: names.map(resource) } } });
function write(file: string, content: string | Buffer, mtimeSeconds = 1): void {
  mkdirSync(join(stacks, file, ".."), { recursive: true });
  writeFileSync(join(stacks, file), content);
  utimesSync(join(stacks, file), mtimeSeconds, mtimeSeconds);
}
beforeEach(() => {
  rmSync(join(folder, ".pulumi"), { recursive: true, force: true });
  mkdirSync(stacks, { recursive: true });
});
const names = async () => {
  const answer = await ask();
  if (!answer.asked) throw new Error(answer.reason);
  return answer.stacks.map((s) => `${s.name}: ${s.databases.map((d) => d.identifier).join(", ")}`);
};

test("every stack of a folder is read, of any project and of the layout without projects, and no backup", async () => {
  write("shipshape/database.orders.json", checkpoint("orders"));
  write("shop/prod.json", checkpoint("cart", "stock"));
  write("old.json", checkpoint("old"));
  write("shop/prod.json.bak", checkpoint("gone"));
  write("shop/prod.json.attrs", "{}");
  write("shop/empty.json", JSON.stringify({ version: 3, checkpoint: { stack: "s" } }));
  expect(await names()).toEqual([
    "old: old",
    "shipshape/database.orders: orders",
    "shop/empty: ",
    "shop/prod: cart, stock",
  ]);
});

test("only the stacks that are wanted are read, and a broken state of another one is no matter", async () => {
  write("shipshape/database.orders.json", "{");
  write("shipshape/refreshed-database.orders-staging.json", checkpoint("orders-staging"));
  const environment = { PULUMI_BACKEND_URL: backend };
  const isWanted = (stack: string) => stack.includes("/refreshed-");
  expect(await askBackend({ workspacesFolder: join(folder, "workspaces"), environment }, isWanted)).toMatchObject({
    stacks: [{ name: "shipshape/refreshed-database.orders-staging" }],
    unread: [],
  });
});

test("of a stack with and without compression the newer file counts, as for the engine", async () => {
  write("shop/prod.json", checkpoint("plain"), 1);
  write("shop/prod.json.gz", gzipSync(checkpoint("compressed")), 2);
  expect(await names()).toEqual(["shop/prod: compressed"]);
  write("shop/prod.json", checkpoint("plain"), 3);
  expect(await names()).toEqual(["shop/prod: plain"]);
});

test.each([
  ["cut off", checkpoint("orders").slice(0, -20), /JSON/],
  ["empty", "", /JSON/],
  ["of a later version", '{"version":9,"checkpoint":{}}', "its state has version 9; known: 3, 4"],
  ["without a checkpoint", '{"version":3}', "its state has no checkpoint"],
  ["without a list of resources", '{"version":3,"checkpoint":{"latest":{"resources":{}}}}', /not a list/],
  ["with a resource that is none", '{"version":3,"checkpoint":{"latest":{"resources":[null]}}}', /null/],
])("a state that is %s is reported with its stack, and hides no other stack", async (_, content, reason) => {
  write("shop/broken.json", content);
  write("shop/prod.json", checkpoint("cart"));
  expect(await ask()).toMatchObject({
    asked: true,
    stacks: [{ name: "shop/prod" }],
    unread: [
      { stack: "shop/broken", reason: (typeof reason === "string" ? reason : expect.stringMatching(reason)) as string },
    ],
  });
});

test("a backend without stacks has none; a folder that is no backend is not one without stacks", async () => {
  expect(await ask()).toEqual({ asked: true, backend, stacks: [], unread: [] });
  rmSync(stacks, { recursive: true });
  expect(await ask()).toEqual({ asked: true, backend, stacks: [], unread: [] });
  rmSync(join(folder, ".pulumi"), { recursive: true });
  const reason = "it has no folder .pulumi: no stack was ever deployed there";
  expect(await ask()).toEqual({ asked: false, backend, reason });
});

test("parameters of the backend's address are not part of the folder's name", async () => {
  write("shop/prod.json", checkpoint("cart"));
  expect(await ask(`${backend}?no_tmp_dir=true`)).toMatchObject({ asked: true, stacks: [{ name: "shop/prod" }] });
});

test("without an engine a backend that only the engine can read is unknown", async () => {
  for (const url of ["s3://states", undefined])
    expect(await askWith({ PATH: "", PULUMI_BACKEND_URL: url })).toMatchObject({
      asked: false,
      backend: url,
      reason: expect.stringContaining("ENOENT") as string,
    });
});

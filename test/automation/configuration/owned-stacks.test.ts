import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stackOwnership } from "../../../automation/configuration/owned-stacks";

const folder = mkdtempSync(join(tmpdir(), "shipshape-owned-"));
afterAll(() => rmSync(folder, { recursive: true }));
const path = join(folder, "shipshape.yaml");
for (const one of ["repository/.git", "repository/stacks", "elsewhere"])
  mkdirSync(join(folder, one), { recursive: true });
for (const one of ["repository/stacks", "elsewhere"]) writeFileSync(join(folder, one, "Pulumi.orders.yaml"), "");

function ownership(...entries: { project: string; folder: string }[]): (stack: string) => string {
  writeFileSync(path, JSON.stringify({ stacks: entries }));
  return stackOwnership({ path, isNamed: true });
}
const shop = { project: "shop", folder: "repository/stacks" };

test("a stack is ours if a named folder in git has its config; changes of every other one are delivered", () => {
  const ask = ownership(shop);
  expect(["shop/orders", "shop/ledger", "wiki/orders", "acme/shop/orders", "orders"].map(ask)).toEqual([
    "ours",
    "delivered",
    "delivered",
    "delivered",
    "delivered",
  ]);
});

test("an organization is part of the project", () => {
  expect(ownership({ ...shop, project: "acme/shop" })("acme/shop/orders")).toBe("ours");
});

test.each(["elsewhere", "absent"])(
  "a folder that is %s, in no git repository, proves nothing about its stacks",
  (name) => {
    const ask = ownership({ project: "shop", folder: name });
    expect(["shop/orders", "wiki/orders"].map(ask)).toEqual(["unknown", "delivered"]);
    expect(ownership({ project: "shop", folder: name }, shop)("shop/orders")).toBe("ours");
  },
);

test("without a section, or without a file, no stack is ours", () => {
  writeFileSync(path, "{}");
  expect(stackOwnership({ path, isNamed: true })("shop/orders")).toBe("delivered");
  expect(stackOwnership({ path: join(folder, "none.yaml"), isNamed: false })("shop/orders")).toBe("delivered");
});

test("an entry without a project or a folder is refused, with its line", () => {
  for (const [text, problem] of [
    ["stacks:\n  - folder: stacks", "line 2: stacks.0.project: give the project, as its Pulumi.yaml names it"],
    ["stacks:\n  - project: shop\n    folder: ''", "line 3: stacks.0.folder: give a folder of a git repository"],
    ["stacks: shop", "line 1: stacks: give a list of entries"],
  ] as const) {
    writeFileSync(path, text);
    expect(() => stackOwnership({ path, isNamed: true })).toThrow(problem);
  }
});

// What a newcomer pastes from the pages must preview unchanged.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { compileFunction } from "node:vm";
import type * as pulumi from "@pulumi/pulumi";
import ts from "typescript";
import * as components from "../../components";
import { startEngine, watch, type Engine } from "../components/engine";

const checkout = join(__dirname, "../..");
const blocks = ["README.md", "docs/standard-database.md", "docs/connecting.md"].flatMap((page) =>
  [...readFileSync(join(checkout, page), "utf8").matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code = ""], at) => ({
    title: `${page}, example ${at + 1}`,
    code,
  })),
);
const installed = createRequire(__filename);
const isProgram = ({ code }: { code: string }) => code.startsWith("import ");
/** README and page show the same program, the page's with one more comment. */
const bare = ({ code }: { code: string }) => code.replace(/\/\/.*|\s/g, "");
const programs = blocks
  .filter(isProgram)
  .filter((block, at, all) => all.findIndex((other) => bare(other) === bare(block)) === at);
const fragments = blocks.filter((block) => !isProgram(block));

/**
 * The pages are written for AWS, whose PostgreSQL has pgaudit, a default; the embedded one lacks it, and a preview
 * reports that.
 */
class StandardDatabase extends components.StandardDatabase {
  constructor(name: string, args: components.StandardDatabaseArgs, options?: pulumi.ComponentResourceOptions) {
    super(name, { extensions: ["pg_stat_statements"], ...args }, options);
  }
}

/** A complete request; the pages show arguments to add to it. They presuppose `platform` and `apiSecurityGroup`. */
const request = {
  service: "orders",
  owner: "team-orders",
  environment: "production",
  tier: "gold",
  size: "small",
  dataClassification: "confidential",
  costCenter: "4711",
} as const;

test.each(fragments)("$title is accepted as an argument", ({ code }) => {
  const read = compileFunction(`return ({${code}})`) as () => object;
  expect(() =>
    components.parseInput(
      components.databaseRequestOf(components.builtInStandard),
      { ...request, ...read() },
      "the example",
    ),
  ).not.toThrow();
});

describe("on the embedded cloud", () => {
  let engine: Engine;
  beforeAll(async () => void (engine = await startEngine()));
  afterAll(() => engine?.stop());

  test.each(programs)("$title is previewed", async ({ title, code }) => {
    const script = ts.transpileModule(
      code.replace("acme/shipshape/platform.production", "organization/shipshape/platform.test"),
      {
        compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022, esModuleInterop: true },
      },
    ).outputText;
    const program = new Function("require", "exports", "platform", "apiSecurityGroup", script) as (
      ...given: unknown[]
    ) => void;
    const modules = (name: string): unknown =>
      name === "shipshape" ? { ...components, StandardDatabase } : installed(name);
    const stack = await engine.stack(`database.example-${title.replace(/\W+/g, "-")}`, async () => {
      const exported: Record<string, unknown> = {};
      program(modules, exported, engine.platform, { id: "sg-0a1b2c3d4e5f60001" });
      return exported;
    });
    const watched = watch("plan");
    await stack.preview({ onEvent: watched.onEvent });
    expect(watched.steps.map(({ type, op }) => `${op} ${type}`)).toContain("create aws:rds/instance:Instance");
    expect(watched.diagnostics).toEqual([]);
  });
});

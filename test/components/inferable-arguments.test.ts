import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Analyzer } from "@pulumi/pulumi/provider/experimental/analyzer";

const checkout = join(__dirname, "../..");
let folder: string;
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), "shipshape-inferable-"))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Inferred {
  $ref?: string;
  description?: string;
  plain?: boolean;
  items?: Inferred;
  additionalProperties?: Inferred;
}

/**
 * Pulumi's own analyzer of component packages takes few types, and makes `Any` of what it does not understand. The
 * arguments keep to those it understands, so that any tool made for Pulumi's packages can read them.
 */
test("Pulumi's analyzer understands the type of every argument", () => {
  const sdk = join(checkout, "node_modules/@pulumi/pulumi");
  const component = (name: string, args: string) =>
    `export class ${name} extends pulumi.ComponentResource {\n` +
    `  constructor(name: string, args: ${args}, options?: pulumi.ComponentResourceOptions) { super("p:index:${name}", name, {}, options); }\n}\n`;
  writeFileSync(
    join(folder, "index.ts"),
    `import * as pulumi from "${sdk}";\n` +
      `import type { DatabaseArguments } from "${checkout}/components/database-request";\n` +
      `import type { PlatformArguments } from "${checkout}/components/platform-request";\n` +
      component("Database", "DatabaseArguments") +
      component("Platform", "PlatformArguments"),
  );
  const compilerOptions = {
    target: "es2022",
    module: "preserve",
    moduleResolution: "bundler",
    strict: true,
    types: [],
  };
  writeFileSync(
    join(folder, "tsconfig.json"),
    JSON.stringify({ compilerOptions: { ...compilerOptions, skipLibCheck: true }, files: ["index.ts"] }),
  );
  const analyzer = new Analyzer(folder, "p", { main: "index.ts" }, new Set(["Database", "Platform"]));
  const { components, typeDefinitions } = analyzer.analyze();
  const found = [
    ...Object.entries(components).map(([name, { inputs }]) => [name, inputs]),
    ...Object.entries(typeDefinitions).map(([name, type]) => [name, "properties" in type ? type.properties : {}]),
  ].flatMap(([of, properties]) =>
    Object.entries(properties as Record<string, Inferred>).map(([name, type]) => [`${of}.${name}`, type] as const),
  );
  expect(found.length).toBeGreaterThan(80);
  const isAny = ({ $ref, items, additionalProperties }: Inferred): boolean =>
    ($ref ?? "").endsWith("Any") || [items, additionalProperties].some((inner) => inner && isAny(inner));
  expect(found.filter(([, type]) => isAny(type)).map(([name]) => name)).toEqual([]);
  expect(found.filter(([, { description }]) => !description).map(([name]) => name)).toEqual([]);
  const enums = Object.entries(typeDefinitions).flatMap(([name, type]) => ("enum" in type ? [name] : []));
  expect(enums).toEqual(expect.arrayContaining(["Tier", "Size", "Environment", "Extension", "PostgresMajor"]));
});

import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import type { z } from "zod";
import type { databaseRequestOf, DatabasePlatformArgs, DatabaseRequest, platformRequestOf } from "../../components";

/**
 * Editors show the interfaces; the schemas are checked at run time. `tsc` fails here if one of them has a property, a
 * value or an option that the other lacks.
 */
type Alike<A, B> = [A, Required<A>, keyof A] extends [B, Required<B>, keyof B]
  ? [B, Required<B>, keyof B] extends [A, Required<A>, keyof A]
    ? true
    : never
  : never;
type Checked = z.input<ReturnType<typeof databaseRequestOf>>;
type Of<T, K extends keyof T> = NonNullable<T[K]>;
const alike: [
  Alike<DatabaseRequest, Checked>,
  Alike<Of<DatabaseRequest, "import">, Of<Checked, "import">>,
  Alike<Of<Of<DatabaseRequest, "roles">, "owner">, Of<Of<Checked, "roles">, "owner">>,
  Alike<
    Extract<DatabaseRequest["restoreFrom"], { snapshotIdentifier: string }>,
    Extract<Checked["restoreFrom"], { snapshotIdentifier: string }>
  >,
  Alike<
    Extract<DatabaseRequest["restoreFrom"], { sourceDbiResourceId: string }>,
    Extract<Checked["restoreFrom"], { sourceDbiResourceId: string }>
  >,
  Alike<
    Omit<DatabasePlatformArgs, "standard" | "vpcId" | "subnetIds" | "workerSecurityGroupIds">,
    z.input<ReturnType<typeof platformRequestOf>>
  >,
] = [true, true, true, true, true, true];

test("the documented arguments are the checked ones", () => {
  expect(alike).not.toContain(false);
});

test.each(["database-request.ts", "platform-arguments.ts"])(
  "each argument in %s is documented, and each optional one with its default",
  (file) => {
    const source = readFileSync(join(__dirname, "../../components", file), "utf8");
    const interfaces = ts
      .createSourceFile(file, source, ts.ScriptTarget.ES2022, true)
      .statements.filter(ts.isInterfaceDeclaration);
    const properties = interfaces.flatMap((one) =>
      one.members.filter(ts.isPropertySignature).map((property) => ({ of: one.name.text, property })),
    );
    expect(properties.length).toBeGreaterThan(9);
    const undocumented = properties.filter(({ property }) => {
      const [doc] = ts.getJSDocCommentsAndTags(property);
      const hasDefault = ts.getJSDocTags(property).some((tag) => tag.tagName.text === "default");
      return doc === undefined || hasDefault !== (property.questionToken !== undefined);
    });
    expect(undocumented.map(({ of, property }) => `${of}.${property.name.getText()}`)).toEqual([]);
  },
);

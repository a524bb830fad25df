import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import type { z } from "zod";
import type {
  databaseRequestOf,
  DatabaseRequest,
  ExistingDatabase,
  FoundProperties,
  platformRequestOf,
  PlatformReference,
  PlatformRequest,
  RestoreSource,
  RoleSettings,
} from "../../components";
import type { platformReference } from "../../components/arguments";

/**
 * Editors, pages and schemas show the interfaces; the zod schemas are what is checked at run time. `tsc` fails here, and
 * names the argument, if one of them has an argument, a type or an optionality that the other lacks.
 */
type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
type Differing<A, B> = {
  [K in keyof A | keyof B]: K extends keyof A & keyof B ? (Equal<Pick<A, K>, Pick<B, K>> extends true ? never : K) : K;
}[keyof A | keyof B];
type Held<Difference extends never> = [Difference] extends [never] ? true : never;
type Of<T, K extends keyof T> = NonNullable<T[K]>;

type Request = z.input<ReturnType<typeof databaseRequestOf>>;
type Existing = Of<Request, "existing">;
type Plain = "identifier" | "upgradeBy";
/** Stack config may also say `null` for what a database lacks, and true or false for a parameter and for log groups. */
type WithoutNull<T> = { [K in keyof T]: Exclude<T[K], null> };
/** Compared one level further down. */
type Nested = "roles" | "existing" | "restoreFrom";

const held: [
  Held<Differing<Omit<DatabaseRequest, Nested | "parameters">, Omit<Request, Nested | "parameters">>>,
  Held<Differing<RoleSettings, Of<Request, "roles">[string]>>,
  Held<Differing<RestoreSource, Of<Request, "restoreFrom">>>,
  Held<Differing<Pick<ExistingDatabase, Plain>, Pick<Existing, Plain>>>,
  Held<Differing<FoundProperties, WithoutNull<Of<Existing, "asFound">>>>,
  Held<Differing<PlatformReference, z.input<typeof platformReference>>>,
  Held<Differing<PlatformRequest, z.input<ReturnType<typeof platformRequestOf>>>>,
] = [true, true, true, true, true, true, true];
const sameNames: Equal<keyof DatabaseRequest, keyof Request> & Equal<keyof ExistingDatabase, keyof Existing> = true;

test("the documented arguments are the checked ones", () => {
  expect([...held, sameNames]).not.toContain(false);
});

test.each(["database-request.ts", "existing-database.ts", "platform-request.ts"])(
  "each argument in %s is documented, with an example, and each optional one with its default",
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
      const tags = ts.getJSDocTags(property).map((tag) => tag.tagName.text);
      const isComplete = tags.includes("example") || property.name.getText() === "standard";
      return !doc || !isComplete || tags.includes("default") !== (property.questionToken !== undefined);
    });
    expect(undocumented.map(({ of, property }) => `${of}.${property.name.getText()}`)).toEqual([]);
  },
);

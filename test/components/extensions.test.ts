import { builtInStandard, databaseRequestOf, StandardDatabase } from "../../components";
import { declare, platform, request, type Declared } from "./declared";

const withExtensions = (...extensions: string[]) =>
  declare(() => new StandardDatabase("orders", { ...request, platform, extensions: extensions as never }));
const ofType = (declared: Declared[], type: string) =>
  declared.filter((one) => one.type === `postgresql:index/${type}`).map(({ inputs }) => inputs);
const parameterGroup = (declared: Declared[]) =>
  declared.find(({ type }) => type === "aws:rds/parameterGroup:ParameterGroup")?.inputs;

test("an extension is in public, unless its control file or its configuration wants another schema", async () => {
  const declared = await withExtensions("postgis", "fuzzystrmatch", "postgis_tiger_geocoder", "pg_partman");
  const extensions = ofType(declared, "extension:Extension").map(({ name, schema }) => [name, schema ?? "its own"]);
  expect(Object.fromEntries(extensions)).toEqual({
    amcheck: "amcheck",
    fuzzystrmatch: "public",
    pg_partman: "partman",
    postgis: "public",
    postgis_tiger_geocoder: "its own",
  });
  expect(ofType(declared, "schema:Schema").map(({ name }) => name)).toContain("partman");
});

test("the owner may work with an extension whose configuration is rows, and nobody else", async () => {
  const grants = ofType(await withExtensions("pg_partman"), "grant:Grant").filter(({ schema }) => schema === "partman");
  expect(grants.map(({ role, objectType, objects, privileges }) => [role, objectType, objects, privileges])).toEqual([
    ["owner", "schema", undefined, ["CREATE", "USAGE"]],
    ["owner", "table", ["part_config", "part_config_sub"], ["DELETE", "INSERT", "SELECT", "UPDATE"]],
  ]);
});

test("what the server has to load is added to the libraries of the standard, in a parameter group of its own", async () => {
  const declared = await withExtensions("pg_stat_statements", "pg_hint_plan", "pg_bigm");
  const { parameters } = parameterGroup(declared) as { parameters: { name: string }[] };
  expect(parameters.filter(({ name }) => name === "shared_preload_libraries")).toEqual([
    {
      name: "shared_preload_libraries",
      value: "pg_stat_statements,pgaudit,pg_bigm,pg_hint_plan",
      applyMethod: "pending-reboot",
    },
  ]);
  expect(parameters.length).toBeGreaterThan(10);
  expect(parameterGroup(await withExtensions("pg_stat_statements", "pgaudit", "hypopg"))).toBeUndefined();
});

test.each([
  ["pg_cron", /every restored copy, of a drill too, would run its schedule/],
  ["postgres_fdw", /it leaves the database, whose security group opens no connections/],
  ["plperl", /write them in SQL or PL\/pgSQL/],
])("%s is refused with its reason", (extension, reason) => {
  const checked = databaseRequestOf(builtInStandard).safeParse({ ...request, extensions: [extension] });
  expect(checked.error?.issues).toEqual([
    expect.objectContaining({ path: ["extensions", 0], message: expect.stringMatching(reason) as string }),
  ]);
});

test("each further schema is the owner's, with the same grants as the first, and every other resource keeps its name", async () => {
  const first = await withExtensions();
  const declared = await declare(
    () =>
      new StandardDatabase("orders", { ...request, platform, extensions: [], furtherSchemas: ["billing", "audit"] }),
  );
  const added = declared.filter(({ urn }) => !first.some((one) => one.urn === urn));
  expect(first.filter(({ urn }) => !declared.some((one) => one.urn === urn))).toEqual([]);
  for (const schema of ["audit", "billing"]) {
    const of = (all: Declared[], one: string) =>
      ofType(all, "grant:Grant")
        .filter((grant) => grant["schema"] === one)
        .map(({ schema: _, ...grant }) => JSON.stringify(grant))
        .sort();
    expect(of(added, schema)).toEqual(of(first, "orders"));
    expect(of(added, schema).length).toBeGreaterThan(10);
    expect(ofType(added, "schema:Schema")).toContainEqual(expect.objectContaining({ name: schema, owner: "owner" }));
  }
});

test.each([
  [["orders"], /names orders, which is the first schema/],
  [["billing", "billing"], /names a schema twice/],
  [["pg_audit"], /is reserved/],
  [["Billing"], /give a lower-case SQL name/],
])("further schemas %j are refused", (furtherSchemas, reason) => {
  const checked = databaseRequestOf(builtInStandard).safeParse({ ...request, furtherSchemas });
  expect(checked.error?.issues[0]?.message).toMatch(reason);
});

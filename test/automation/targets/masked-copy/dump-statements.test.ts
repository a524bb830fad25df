import { statementsOf } from "../../../../automation/targets/masked-copy/dump-statements";

const sqlOf = (dump: string) => statementsOf(dump).map(({ sql }) => sql);

test("a dump is split where psql splits it: not in texts, names, comments, bodies or brackets", () => {
  const statements = [
    "SET a = 'x;''y';",
    `CREATE TABLE "odd;name" (a text DEFAULT E'\\';');`,
    "CREATE FUNCTION f() RETURNS text LANGUAGE sql AS $_$ select ';' $_$;",
    "CREATE FUNCTION g(a int) RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT CASE WHEN a > 1 THEN 1 END; SELECT 2; END;",
    "CREATE PROCEDURE p() LANGUAGE sql BEGIN ATOMIC SELECT 1; END;",
    "CREATE RULE r AS ON INSERT TO t DO INSTEAD (SELECT 1; SELECT 2);",
    "COMMENT ON TABLE t IS 'a /* b';",
  ];
  expect(sqlOf(`-- a ; comment\n${statements.join("\n\n/* a /* nested; */ one; */\n")}\n`)).toEqual(statements);
});

test("what psql alone understands and user mappings, with their passwords, are left behind", () => {
  const dump = `\\restrict abc\nSELECT 1;\nCREATE USER MAPPING FOR owner SERVER s OPTIONS (password 'x;y');
    ALTER USER MAPPING FOR owner SERVER s OPTIONS (SET password 'z');\nCOMMENT ON USER MAPPING FOR a SERVER s IS 'x';\n\\unrestrict abc\nSELECT 2`;
  expect(sqlOf(dump)).toEqual(["SELECT 1;", "SELECT 2"]);
});

test("each statement has the object it is about, by the comment before it", () => {
  const head = (name: string, type: string) => `--\n-- Name: ${name}; Type: ${type}; Schema: app; Owner: boss\n--\n\n`;
  const dump = `SET x = 1;\n${head("t", "TABLE")}CREATE TABLE app.t ();\nALTER TABLE app.t OWNER TO boss;\n${head("f()", "FUNCTION")}SELECT 1;`;
  expect(statementsOf(dump).map(({ place }) => place)).toEqual([
    "the beginning of the schema",
    "TABLE app.t",
    "TABLE app.t",
    "FUNCTION app.f()",
  ]);
});

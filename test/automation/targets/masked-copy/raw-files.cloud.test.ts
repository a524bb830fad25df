// Random schemas and rows, copied with masks between real servers: what is in the files of the target afterwards.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { checkProfile } from "../../../../automation/masking/check";
import { planMasks } from "../../../../automation/masking/mask-plan";
import type { Rule } from "../../../../automation/masking/profile";
import { transformers } from "../../../../automation/masking/transformers";
import { throughRoot } from "../../../../automation/operations/environment-refresh/coverage";
import { inControlSession } from "../../../../automation/targets/control-session";
import { copyDatabase } from "../../../../automation/targets/masked-copy/copy-database";
import { searchForLeaks } from "../../../../automation/targets/masked-copy/leak-search";
import { tableMasks } from "../../../../automation/targets/masked-copy/table-masks";
import { readSchemaFacts } from "../../../../automation/targets/schema-facts";
import { keep, profileOf, use } from "../../masking/schemas";
import { TwoServers, packageFolder } from "./two-servers";

/** How each kind of value is stored: the beginning of every real one, which no mask gives. */
const REAL = "zq7REALqz";
const marks = {
  text: Buffer.from(REAL),
  uuid: Buffer.from("7a1d7e41a1c3", "hex"),
  /** The upper bytes of a number, as this machine and RDS order them. */
  int8: Buffer.from("34127f5a69", "hex"),
  kept: Buffer.from("kx5KEPTxk"),
};
type Mark = keyof typeof marks;
const number = BigInt("0x695a7f1234000000");

interface Column {
  type: string;
  rule: Rule;
  mark: Mark;
  /** Of row `i`. */
  value: string;
}
const text = `'${REAL} ' || i || ' of them'`;
const kinds: Column[] = [
  ...["name", "email", "company", "address", "free-text", "pseudonym"].map((mask): Column => ({
    type: "text",
    rule: use(mask),
    mark: "text",
    value: text,
  })),
  // Stored apart from its row.
  {
    ...{ type: "text", rule: use("free-text"), mark: "text" },
    value: `(select string_agg('${REAL}' || md5((i * j)::text), ' ') from generate_series(1, 90) j)`,
  },
  { type: "text[]", rule: use("array", { use: "email" }), mark: "text", value: `array['${REAL}' || i, null, ${text}]` },
  { type: "jsonb", rule: use("json", { paths: {} }), mark: "text", value: `jsonb_build_object('a', ${text})` },
  { type: "uuid", rule: use("pseudonym"), mark: "uuid", value: `('7a1d7e41a1c3' || substr(md5(i::text), 13))::uuid` },
  { type: "int8", rule: use("pseudonym"), mark: "int8", value: `${number} + i` },
  { type: "text", rule: keep, mark: "kept", value: "'kx5KEPTxk ' || i" },
];

interface Table {
  columns: { kind: number; index: number; nulls: boolean }[];
  rows: number;
  form: "plain" | "unlogged" | "partitioned" | "without long values";
  /** Rows of an earlier table. */
  refersTo: number | null;
  view: boolean;
}
const schemas = fc.array(
  fc.record({
    columns: fc.array(
      fc.record({
        ...{ kind: fc.nat(kinds.length - 1), index: fc.nat(3), nulls: fc.boolean() },
      }),
      { minLength: 1, maxLength: 6 },
    ),
    rows: fc.integer({ min: 1, max: 400 }),
    form: fc.constantFrom<Table["form"]>("plain", "unlogged", "partitioned", "without long values"),
    refersTo: fc.option(fc.nat(2)),
    view: fc.boolean(),
  }),
  { minLength: 1, maxLength: 3 },
);

const reference = (tables: readonly Table[], at: number): number | null => {
  const { refersTo } = tables[at]!;
  return refersTo === null || at === 0 ? null : refersTo % at;
};

/** Of each type, one that fits; GIN keeps what it once had, and an expression is stored beside the column. */
function indexOf(name: string, table: string, { type }: Column, index: number): string[] {
  if (index === 0) return [];
  if (type === "jsonb" || type === "text[]") return [`create index on ${table} using gin (${name})`];
  if (type === "text" && index === 2) return [`create index on ${table} (md5(${name}))`];
  if (type === "text" && index === 3) return [`create index on ${table} (left(${name}, 60))`];
  return type === "text" ? [] : [`create index on ${table} (${name})`];
}

function sqlOf(tables: readonly Table[]): string {
  const statements = tables.flatMap(({ columns, rows, form, view }, at) => {
    const name = `t${at}`;
    const to = reference(tables, at);
    const all = columns.map(({ kind, ...one }, column) => ({ ...kinds[kind]!, ...one, name: `c${column}` }));
    const values = [
      `${number} + i`,
      ...(to === null ? [] : [`${number} + 1 + i % ${tables[to]!.rows}`]),
      ...all.map(({ value, nulls }) => (nulls ? `case when i % 3 > 0 then ${value} end` : value)),
    ];
    return [
      `create ${form === "unlogged" ? "unlogged " : ""}table ${name} (id int8 primary key${to === null ? "" : ", ref int8"}${all
        .map((one) => `, ${one.name} ${one.type}`)
        .join("")})${form === "partitioned" ? " partition by hash (id)" : ""}`,
      ...(form === "partitioned"
        ? [0, 1].map(
            (part) =>
              `create table ${name}_${part} partition of ${name} for values with (modulus 2, remainder ${part})`,
          )
        : []),
      ...(form === "without long values" ? [`alter table ${name} alter c0 set storage plain`] : []),
      `insert into ${name} select ${values.join(", ")} from generate_series(1, ${rows}) i`,
      ...all.flatMap((one) => indexOf(one.name, name, one, one.index)),
      ...(all.length > 1 ? [`create statistics on ${all[0]!.name}, ${all[1]!.name} from ${name}`] : []),
      ...(view ? [`create materialized view v${at} as select * from ${name}`] : []),
    ];
  });
  // A key of an unlogged table only to another one.
  const keys = tables.flatMap((table, at) => {
    const to = reference(tables, at);
    if (to === null || (table.form !== "unlogged" && tables[to]!.form === "unlogged")) return [];
    return table.form === "unlogged" && tables[to]!.form !== "unlogged"
      ? []
      : [`alter table t${at} add foreign key (ref) references t${to}`];
  });
  return [
    "create schema app authorization owner; set role owner; set search_path = app",
    ...statements,
    ...keys,
    "analyze",
  ].join(";\n");
}

const profileFor = (tables: readonly Table[]) =>
  profileOf(
    Object.fromEntries(
      tables.map(({ columns }, at) => [
        `app.t${at}`,
        {
          id: use("pseudonym", undefined, { class: "numbers" }),
          ...(reference(tables, at) !== null && { ref: use("pseudonym", undefined, { class: "numbers" }) }),
          ...Object.fromEntries(columns.map(({ kind }, column) => [`c${column}`, kinds[kind]!.rule])),
        },
      ]),
    ),
  );

/** Which marks are in the files of a server, its log of changes and its own log included. */
function marksIn(dataFolder: string): Set<Mark> {
  const found = new Set<Mark>();
  for (const entry of readdirSync(dataFolder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const content = contentOf(join(entry.parentPath, entry.name));
    for (const [mark, bytes] of Object.entries(marks)) if (content.includes(bytes)) found.add(mark as Mark);
  }
  return found;
}

/** A server that runs removes some of its files at any time. */
function contentOf(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return Buffer.alloc(0);
    throw error;
  }
}

let servers: TwoServers;
beforeAll(async () => {
  servers = await TwoServers.start();
});
afterAll(() => servers?.stop());

test("every kind of value is found by its bytes in the files of its source, and what is kept in those of the target", async () => {
  const all: Table = {
    ...{ rows: 50, form: "plain", refersTo: null, view: true },
    columns: kinds.map((_, kind) => ({ kind, index: 1, nulls: false })),
  };
  await servers.withDatabases(sqlOf([all]), async (database) => {
    const login = servers.source.login("boss", database);
    const { rootCertificateFile } = servers;
    const facts = await inControlSession(login, { rootCertificateFile }, readSchemaFacts);
    const masks = tableMasks(planMasks(profileFor([all]), facts), { secret: Buffer.alloc(32, 7), sourceWords: [] });
    await copyDatabase(await servers.request(masks, database));
    expect(marksIn(servers.source.server.dataFolder)).toEqual(new Set(Object.keys(marks)));
    expect(marksIn(servers.target.server.dataFolder)).toEqual(new Set(["kept"]));
  });
});

/** How long more schemas are tried. */
const secondsMax = 20;

test("whatever the schema and its rows, no masked value of the source is in any file of the target, by its bytes, nor found by the search for leaks", async () => {
  const { source, target, rootCertificateFile } = servers;
  const looked = { source: new Set<Mark>(), target: new Set<Mark>() };
  const deadline = performance.now() + secondsMax * 1000;
  await fc.assert(
    fc.asyncProperty(schemas, async (tables) => {
      if (performance.now() > deadline) return;
      await servers.withDatabases(sqlOf(tables), async (database) => {
        const login = source.login("boss", database);
        const facts = await inControlSession(login, { rootCertificateFile }, readSchemaFacts);
        const profile = { ...profileFor(tables), definitions: await servers.keptDefinitions(database) };
        expect(checkProfile(profile, facts, transformers)).toEqual([]);
        const masks = tableMasks(planMasks(profile, facts), { secret: Buffer.alloc(32, 7), sourceWords: [] });
        const asked = await servers.request(masks, database);
        const { found, tables: copied } = await copyDatabase({ ...asked, throughRoot: throughRoot(profile, facts) });
        const search = { tables: found, masks, copied, rootCertificateFile, packageFolder, threads: 2 };
        expect((await searchForLeaks(asked.source, asked.target, search)).hits).toEqual([]);
        await target.server.query("checkpoint");
        for (const mark of marksIn(target.server.dataFolder)) looked.target.add(mark);
        expect([...looked.target].filter((mark) => mark !== "kept")).toEqual([]);
      });
    }),
    { numRuns: 12 },
  );
  await source.server.query("checkpoint");
  for (const mark of marksIn(source.server.dataFolder)) looked.source.add(mark);
  // They are found where they are: numbers in each schema, and the others in most.
  expect(looked.source).toContain("int8");
}, 600_000);

import { changesOf, renamingOf, strongest, type Change } from "../../components/standard-change";
import { databaseRequestOf } from "../../components/arguments";
import { standardShape } from "../../components/standard-shape";
import { standingIn } from "../../components/standing-database";
import { builtIn } from "../../components/standards/built-in";
import { checked } from "../../components/standards/define";
import type { Standard } from "../../components/standards/standard";
import { request } from "./declared";
import { company, today } from "./standards/company";
import { readYamlMapping } from "../../components/standards/yaml-mapping";

const standardOf = (change: object = {}) => checked({ standard: "acme", version: "1", ...change }, "test", today);
const acme = standardOf();
const { platform: _, ...orders } = request as typeof request & { platform?: unknown };
const standing = (more: object = {}) => ({
  request: { ...orders, ...more },
  birth: builtIn.birth,
  region: "eu-central-1",
});
/** Without the tag that names the very standard, which changes each time. */
const changes = (to: object, more: object = {}, from: Standard = acme) =>
  changesOf(standing(more), { from, to: standardOf(to) })!.filter(({ figure }) => figure !== "tag shipshape:standard");
const brief = (ones: Change[]) => ones.map(({ figure, from, to, effect }) => [figure, from, to, effect]);

test("the same standard changes nothing, and another version the tag alone", () => {
  expect(changesOf(standing(), { from: acme, to: standardOf() })).toEqual([]);
  const [tag, ...others] = changesOf(standing(), { from: acme, to: standardOf({ version: "2" }) })!;
  expect(tag).toMatchObject({ figure: "tag shipshape:standard", effect: "tag" });
  expect(others).toEqual([]);
});

test.each<[string, object, unknown[]]>([
  [
    "a window",
    { windows: { 3: "sun:02:00-sun:04:00" } },
    ["maintenance window", "thu:02:00-thu:04:00", "sun:02:00-sun:04:00", "at-once"],
  ],
  ["a tag's key", { tags: { owner: "Team" } }, ["tag of owner", "owner", "Team", "tag"]],
  ["a further tag", { tags: { also: { Provisioner: "us" } } }, ["tag Provisioner", null, "us", "tag"]],
  [
    "a parameter",
    { postgres: { parameters: { log_min_duration_statement: 500 } } },
    ["parameter log_min_duration_statement", "1000", "500", "at-once"],
  ],
  [
    "a parameter that waits for a restart",
    { postgres: { parameters: { max_connections: 200 } } },
    ["parameter max_connections", null, "200", "restart"],
  ],
  [
    "a further role",
    { roles: { reporting: { like: "readonly" } } },
    ["role reporting", null, "made, with a secret", "at-once"],
  ],
  ["an alarm", { alarms: { cpuPercent: 70 } }, ["alarm cpuPercent", "80", "70", "at-once"]],
  ["logs", { logs: { retentionDays: { production: 400 } } }, ["days of logs", "365", "400", "at-once"]],
  ["the default major", { postgres: { default: 18 } }, ["PostgreSQL's major", "17", "18", "refused"]],
])("%s: one change, with its effect", (_name, to, expected) => {
  expect(brief(changes(to))).toEqual([expected]);
});

test("of a size: class, storage up and down, and a cap that RDS would refuse", () => {
  const sizes = (small: object) => ({
    sizes: { small: { class: "db.t4g.medium", allocatedGib: 20, capGib: 100, ...small } },
  });
  expect(brief(changes(sizes({ class: "db.m7g.large" })))).toEqual([
    ["class", "db.t4g.medium", "db.m7g.large", "restart"],
  ]);
  expect(brief(changes(sizes({ allocatedGib: 40 })))).toEqual([["GiB allocated", "20", "40", "window"]]);
  const larger = standardOf(sizes({ allocatedGib: 80 }));
  expect(brief(changes(sizes({}), {}, larger))).toEqual([["GiB allocated", "80", "20", "none"]]);
  expect(brief(changes(sizes({ capGib: 60 }), {}, larger))).toEqual([
    ["GiB allocated", "80", "20", "none"],
    ["GiB at most", "100", "60", "refused"],
  ]);
});

test("what a team says itself is not changed by a default", () => {
  expect(changes({ postgres: { parameters: { work_mem: 8192 } } }, { parameters: { work_mem: 4096 } })).toEqual([]);
  expect(changes({ postgres: { default: 18 } }, { postgresMajor: 17 })).toEqual([]);
  const kept = { existing: { identifier: "old-orders", asFound: { maintenanceWindow: "sat:02:00-sat:03:00" } } };
  expect(changes({ windows: { 3: "sun:02:00-sun:04:00" } }, kept)).toMatchObject([
    { figure: "maintenance window", effect: "none", note: expect.stringContaining("existing.asFound") as string },
  ]);
});

test("objectives are held to at once, and change no resource", () => {
  const tiers = { gold: { like: "gold", rtoSeconds: 1800 }, silver: { like: "silver" }, bronze: { like: "bronze" } };
  expect(brief(changes({ tiers }))).toEqual([["rtoSeconds", "3600", "1800", "none"]]);
});

test("arguments that the new standard does not have are refused, each with its reason", () => {
  const found = changes({ tiers: { platinum: { like: "gold" } }, tags: { owner: { key: "Team", pattern: "x-team" } } });
  expect(found).toEqual([
    {
      figure: "arguments",
      from: null,
      to: null,
      effect: "refused",
      note: 'owner: give a value that matches x-team (given "team-orders")',
    },
    { figure: "arguments", from: null, to: null, effect: "refused", note: 'tier: give one of platinum (given "gold")' },
  ]);
  expect(strongest(found)).toBe("refused");
  // What the old one made of it is not known.
  expect(changesOf(standing({ tier: "platinum" }), { from: acme, to: acme })).toBeUndefined();
});

test("a role that is taken away, and one that is changed", () => {
  const from = standardOf({ roles: { reporting: { like: "readonly" }, etl: { like: "readwrite" } } });
  const found = changes({ roles: { etl: { like: "readwrite", connectionLimit: 5 } } }, {}, from);
  expect(brief(found)).toEqual([
    ["role reporting", "can log in", null, "at-once"],
    ["connections of etl", "-1", "5", "at-once"],
  ]);
});

test("names stay those that the database was made with; taking new ones has the effect of each", () => {
  const birth = {
    identifier: "{environment}-{service}",
    secrets: "/db/{identifier}/{role}",
    masterUsername: "acme_admin",
  };
  expect(changes({ birth })).toEqual([]);
  const taking = renamingOf(standing(), standardOf({ birth }));
  expect(brief(taking)).toEqual(
    expect.arrayContaining([
      ["identifier", "orders-production", "production-orders", "address"],
      [
        "secret of readwrite",
        "shipshape/orders/production/orders/readwrite",
        "/db/production-orders/readwrite",
        "address",
      ],
      ["master user", "shipshape_admin", "acme_admin", "refused"],
    ]),
  );
  expect(renamingOf(standing(), acme)).toEqual([]);
});

describe("from what a state says, the arguments are found again", () => {
  const own = readYamlMapping(company, "a mapping").values!;
  const companys = checked(own, "test", today);
  const asked = {
    service: "orders",
    owner: "payments-team",
    environment: "live",
    tier: "platinum",
    size: "s",
    dataClassification: "C1",
    costCenter: "CC-12345",
  };
  test.each<[string, object]>([
    ["as little as possible", {}],
    ["another major, and a minor", { postgresMajor: 16, engineVersion: "16.13" }],
    ["its own database and schema", { databaseName: "ledger", schemaName: "books" }],
    [
      "parameters, roles and extensions",
      {
        parameters: { work_mem: 8192 },
        roles: { reporting: { authentication: "iam" }, readonly: { statementTimeoutMilliseconds: 5 } },
        extensions: ["vector"],
      },
    ],
    ["storage of another size", { storageOfSize: "m" }],
    ["being retired", { retire: true }],
    ["without its roles yet", { accessRoles: "later" }],
    ["imported", { existing: { identifier: "old-one", asFound: { multiAz: false } } }],
  ])("%s", (_name, more) => {
    const given = databaseRequestOf(companys).parse({ ...asked, ...more }) as Parameters<typeof standardShape>[0];
    const shape = standardShape(given, companys, "eu-central-1");
    const hasRoles = given.accessRoles === "declared";
    const state = { shape, masterUsername: "acme_admin", hasRoles, costCenter: "CC-12345", region: "eu-central-1" };
    const births = [builtIn.birth, ...[companys.birth]];
    const found = standingIn(state, companys, births)!;
    expect(found.birth).toEqual(companys.birth);
    expect(changesOf(found, { from: companys, to: companys })).toEqual([]);
    const again = databaseRequestOf(companys).parse(found.request) as Parameters<typeof standardShape>[0];
    expect({ ...standardShape(again, companys, "eu-central-1"), deviations: shape.deviations }).toEqual(shape);
    expect(standingIn({ ...state, masterUsername: "another" }, companys, births)?.birth).toEqual(companys.birth);
    expect(standingIn(state, companys, [builtIn.birth])).toBeUndefined();
  });
});

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { defineStandard, type StandardFile } from "../../../components";
import { builtIn } from "../../../components/standards/built-in";
import type { StandardInvalid } from "../../../components/standards/standard-invalid";
import { standardSchemaText, withFloor } from "../../../components/standards/page";
import { standardFor } from "../../../components/standards/standard-file";
import { company, companyFolder, today } from "./company";

const read = (text?: string) => standardFor(companyFolder(text).folder, today);
/** The problems, one a line; "none" if it can be used. */
function problems(text: string): string {
  try {
    read(text);
    return "none";
  } catch (error) {
    return (error as StandardInvalid).problems.map(({ path, reason }) => `${path}: ${reason}`).join("\n");
  }
}
const with_ = (from: string, to: string) => {
  expect(company).toContain(from);
  return company.replace(from, to);
};

test("a file replaces lists, changes what it names, and leaves the rest as it is", () => {
  const standard = read();
  expect(standard).toMatchObject({ name: "acme", version: "2027.1.0", tierOrder: ["platinum", "economy"] });
  expect(Object.keys(standard.sizes)).toEqual(["s", "m"]);
  expect(standard.sizes["m"]).toMatchObject({ instanceClass: "db.m8g.large", vcpus: 2, memoryGib: 8 });
  const gold = builtIn.tiers["gold"]!.production;
  expect(standard.tiers["platinum"]!.production).toEqual({
    ...gold,
    rtoSeconds: 1800,
    alarms: { ...gold.alarms, freeStoragePercent: 15 },
  });
  expect(standard.tiers["economy"]).toMatchObject({
    production: { drillEveryDays: 60 },
    elsewhere: { drillEveryDays: 90, protected: false },
  });
  expect(standard.postgres.majors).toEqual({
    16: { minimumMinor: 13, approvedUntil: "2027-12-31" },
    17: builtIn.postgres.majors[17],
  });
  expect(standard.postgres.parameters).toContainEqual({
    name: "log_min_duration_statement",
    value: "500",
    applyMethod: "immediate",
  });
  expect(standard.logs.retentionDays).toEqual({ production: 400, elsewhere: 30 });
  expect(Object.keys(standard.roles)).toEqual([...Object.keys(builtIn.roles), "reporting"]);
  expect(standard.roles["reporting"]).toMatchObject({ connectionLimit: 10, onTables: ["SELECT"] });
  expect(Object.isFrozen(standard.tiers["economy"]!.elsewhere)).toBe(true);
});

test("what is not said is ours, and comments and order change no digest", () => {
  const least = read("standard: acme\nversion: 1.0.0\n");
  expect({ ...least, name: 0, version: 0, digest: 0 }).toEqual({ ...builtIn, name: 0, version: 0, digest: 0 });
  const lines = company.trim().split("\n");
  const reordered = [...lines.slice(2), "# a comment", ...lines.slice(0, 2)].join("\n");
  expect(read(reordered).digest).toBe(read().digest);
  expect(read(with_("rtoSeconds: 1800", "rtoSeconds: 1801")).digest).not.toBe(read().digest);
});

test("a package of theirs says the same in the same shape", () => {
  const given = { ...(parse(company) as StandardFile), version: "2027.1.0" };
  expect(defineStandard(given)).toEqual(read());
  expect(() => defineStandard({ ...given, tier: {} } as never)).toThrow(/tier: is not known; did you mean tiers\?/);
});

test("the nearest shipshape.yaml counts, one that names no standard means ours, and a package is loaded", () => {
  const { folder } = companyFolder();
  const below = join(folder, "services", "orders");
  mkdirSync(below, { recursive: true });
  expect(standardFor(below, today).name).toBe("acme");
  writeFileSync(join(folder, "services", "shipshape.yaml"), "alerts: {}\n");
  expect(standardFor(below, today)).toBe(builtIn);
  const made = join(__dirname, "../../../components/index");
  writeFileSync(
    join(folder, "standard.cjs"),
    `exports.default = require(${JSON.stringify(made)}).defineStandard({ standard: "acme", version: "3" });`,
  );
  writeFileSync(join(folder, "shipshape.yaml"), 'standard: "./standard.cjs"\n');
  expect(standardFor(folder, today)).toMatchObject({ name: "acme", version: "3" });
  writeFileSync(join(folder, "shipshape.yaml"), "standard: ./other.cjs\n");
  expect(() => standardFor(folder, today)).toThrow(/standard: \.\/other\.cjs cannot be loaded: .*Cannot find module/);
});

test.each<[string, string, string]>([
  ["a key that does not exist", with_("strictest:", "strictes:"), "strictes: is not known; did you mean strictest?"],
  [
    "one below",
    with_("rtoSeconds: 1800", "rtoSecond: 1800"),
    "tiers.platinum.rtoSecond: is not known; did you mean rtoSeconds? (given 1800)",
  ],
  ["a number as the version", with_("2027.1.0", "1.0"), 'version: write it as text, in quotes: "1" (given 1)'],
  [
    "our name",
    with_("standard: acme", "standard: shipshape"),
    'standard: is ours; give your own name (given "shipshape")',
  ],
  [
    "a tier like none of ours",
    with_("like: gold", "like: golden"),
    'tiers.platinum.like: give one of gold, silver, bronze (given "golden")',
  ],
  [
    "a strictest tier that is none",
    with_("strictest: platinum", "strictest: gold"),
    'strictest: give one of the tiers: economy, platinum (given "gold")',
  ],
  [
    "a strictest tier that is laxer than another",
    with_("strictest: platinum", "strictest: economy"),
    "tiers.economy.production.backupRetentionDays: is less strict than platinum (35), but databases without a known tier are judged as economy",
  ],
  [
    "storage that cannot grow",
    with_("capGib: 500", "capGib: 105"),
    "sizes.m.capGib: RDS wants at least a tenth more than the allocated 100 GiB (given 105)",
  ],
  [
    "a class of unknown size",
    with_("db.m8g.large", "db.x2g.large"),
    "sizes.m: the name of this class does not say what it has",
  ],
  ["no production", with_("live: production", "live: staging"), "environments: none of them is production"],
  [
    "one key for two tags",
    with_("environment: Stage", "environment: team"),
    'tags.environment: is the key of another tag, too (given "team")',
  ],
  ["a key that AWS reserves", with_("service: AppId", 'service: "aws:app"'), "tags.service: "],
  ["a pattern that is none", with_("CC-[0-9]{5}", "CC-["), "tags.costCenter.pattern: is not a regular expression"],
  [
    "names that collide",
    with_("{environment}-{service}-pg", "{service}-pg"),
    "birth.identifier: needs {service} and {environment}",
  ],
  [
    "a word that names do not have",
    with_("{identifier}/{role}", "{identifier}/{team}"),
    "birth.secrets: there is no {team} here",
  ],
  ["secrets without their role", with_("{identifier}/{role}", "{identifier}"), "birth.secrets: needs {role}"],
  [
    "a window among the backups",
    with_("sun:02:00-sun:04:00", "sun:22:00-sun:23:00"),
    "regions.eu-central-1.windows.3: overlaps the hours of backups",
  ],
  [
    "a copy to the same Region",
    with_("copyTo: eu-west-1", "copyTo: eu-central-1"),
    "regions.eu-central-1.copyTo: is the same Region",
  ],
  [
    "a parameter out of bounds",
    with_("statement: 500", "statement: 5000"),
    "postgres.parameters.log_min_duration_statement: give 0 to 1000 (ms)",
  ],
  [
    "one that may not be set",
    with_("log_min_duration_statement: 500", "fsync: 0"),
    "postgres.parameters.fsync: is not among the parameters",
  ],
  [
    "an extension that may not be offered",
    with_("pgaudit, vector", "pgaudit, dblink"),
    "postgres.extensions.allowed: is not among",
  ],
  ["a role of ours", with_("reporting:", "readonly:"), "roles.readonly: is ours; a standard adds roles"],
  [
    "the login of a role",
    with_("reporting:", "readonly_b:"),
    "roles.readonly_b: is how readonly logs in once its password is rotated; give another name",
  ],
  ["a list in place of a mapping", "- standard: acme", "the file: give a mapping, not a list or a single value"],
])("%s is refused with its line, path and value", (_, text, expected) => expect(problems(text)).toContain(expected));

test("a problem names its line", () => {
  const text = with_("rtoSeconds: 1800", "rtoSeconds: 1");
  const line = text.split("\n").findIndex((one) => one.includes("rtoSeconds: 1")) + 1;
  expect(() => read(text)).toThrow(
    `line ${line}: tiers.platinum.rtoSeconds: give a whole number from 60 to 604800 (given 1)`,
  );
});

test("everything that is wrong is said at once", () => {
  const text = with_("like: gold, rtoSeconds: 1800", "like: gold, rtoSeconds: 5, ring: 9");
  expect(problems(text).split("\n")).toHaveLength(2);
});

test("the schema for editors, and the table of the floor, are those of the code (npm run pages)", () => {
  const docs = join(__dirname, "../../../docs");
  expect(readFileSync(join(docs, "standard.schema.json"), "utf8")).toBe(standardSchemaText());
  const page = readFileSync(join(docs, "standard.md"), "utf8");
  expect(page).toBe(withFloor(page));
});

test("the page shows a standard that can be used", () => {
  const page = readFileSync(join(__dirname, "../../../docs/standard.md"), "utf8");
  const [, example = ""] = /```yaml\n(standard: [\s\S]*?)```/.exec(page) ?? [];
  expect(problems(example)).toBe("none");
});

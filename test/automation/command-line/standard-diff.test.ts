import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { diff } from "../../../automation/command-line/standard-diff";
import { readSettings } from "../../../automation/settings";
import type { StandardDiff } from "../../../automation/standard-diff";
import { databaseRequestOf } from "../../../components/arguments";
import { standardShape } from "../../../components/standard-shape";
import { birthDigest, instanceTagOf, type Standard } from "../../../components/standards/standard";
import { readStandard } from "../../../components/standards/standard-file";
import { company, companyFolder, today } from "../../components/standards/company";
import { recordedTerminal } from "./recorded-terminal";

const root = join(__dirname, "../../..");
const old = companyFolder();
const followed = readStandard(old.file, today);
const changed = company
  .replace("2027.1.0", "2027.2.0")
  .replace("db.m8g.large", "db.m8g.xlarge")
  .replace('"{environment}-{service}-pg"', '"{service}-{environment}"');
const earlier = `earlierBirths:
  - { identifier: "{environment}-{service}-pg", secrets: "/acme/db/{identifier}/{role}", masterUsername: acme_admin, platform: "acme-{region}", schema: app }
`;
const request = {
  service: "orders",
  owner: "payments-team",
  environment: "live",
  tier: "platinum",
  size: "m",
  dataClassification: "C2",
  costCenter: "CC-12345",
};

/** What the command prints under a standard, and its exit code. */
async function run(text: string, words: string[], environment: Record<string, string> = {}) {
  const { folder } = companyFolder(text);
  const { terminal, results: lines } = recordedTerminal(80);
  const settings = readSettings(root, folder, {
    ...environment,
    SHIPSHAPE_CONFIGURATION_FILE: join(folder, "shipshape.yaml"),
  });
  process.exitCode = undefined;
  const [first = "", ...files] = words;
  await diff(
    first,
    files.filter((one) => one !== "--json"),
    { json: words.includes("--json") },
    { settings, terminal },
  );
  const code = process.exitCode ?? 0;
  process.exitCode = undefined;
  return { lines, code };
}

function configFile(config: object): string {
  const file = join(mkdtempSync(join(tmpdir(), "shipshape-stacks-")), "Pulumi.database.orders-live.yaml");
  writeFileSync(file, JSON.stringify({ config }));
  return file;
}
const pin = { "shipshape:birth": birthDigest(followed.birth) };

test("each database of some config files is shown with its effects, in 80 columns, and the names that it keeps", async () => {
  const { lines, code } = await run(changed + earlier, [
    old.file,
    configFile({ "shipshape:request": request, ...pin }),
  ]);
  expect(code).toBe(0);
  expect(lines).toEqual(
    expect.arrayContaining([
      "live-orders-pg: restart",
      "  stack database.orders-live",
      "  restart: class db.m8g.large → db.m8g.xlarge",
      "1 database: 1 restart",
    ]),
  );
  expect(lines.join(" ")).toMatch(/names: keeps those of shipshape:birth [0-9a-f]{12}; .*new address: identifier/);
  expect(lines.filter((line) => line.length > 80)).toEqual([]);
});

test("without what birth said before, each is refused, and the exit code says so", async () => {
  const file = configFile({ "shipshape:request": request, ...pin });
  const { lines, code } = await run(changed, [old.file, file]);
  expect(code).toBe(1);
  expect(lines.join(" ")).toContain("refused: add to earlierBirths");
  const unpinned = await run(company, [old.file, configFile({ "shipshape:request": request })]);
  expect(unpinned).toMatchObject({ code: 1, lines: expect.arrayContaining(["0 databases"]) as string[] });
  expect(unpinned.lines.join(" ")).toMatch(/not judged: .*pins names that neither standard +has/);
});

test("a file that cannot be read, that is none of a database, or whose arguments were wrong before is not judged", async () => {
  const wrong = configFile({ "shipshape:request": { ...request, tier: "gold" }, ...pin });
  const { lines, code } = await run(company, [old.file, "/absent.yaml", configFile(pin), wrong, "--json"]);
  expect(code).toBe(1);
  const { unread, databases } = JSON.parse(lines.join("\n")) as StandardDiff;
  expect(databases).toEqual([]);
  expect(unread).toEqual([
    expect.stringMatching(/^\/absent\.yaml: .*ENOENT/),
    expect.stringContaining("has neither config shipshape:request"),
    expect.stringContaining("its arguments are not those of the given standard"),
  ]);
});

test("a platform's stack is shown too, with the names that it keeps", async () => {
  const platform = { owner: "platform-team", costCenter: "CC-10000", environment: "live" };
  const file = configFile({ "shipshape:platform": platform, "aws:region": "eu-central-1", ...pin });
  const text = `${changed.replace('"acme-{region}"', "rdbms").replace("copyTo: eu-west-1", "copyTo: eu-west-3")}${earlier}`;
  const { lines, code } = await run(text, [old.file, file]);
  expect(code).toBe(1);
  expect(lines).toContain("platform acme-eu-central-1: refused");
  expect(lines.join(" ")).toContain("refused: Region of copies eu-west-1 → eu-west-3");
  expect(lines.join(" ").replace(/ +/g, " ")).toContain("refused: platform acme-eu-central-1 → rdbms");
});

describe("the stacks of a backend", () => {
  const folder = mkdtempSync(join(tmpdir(), "shipshape-backend-"));
  const stacks = join(folder, ".pulumi/stacks/shipshape");
  mkdirSync(stacks, { recursive: true });
  const shape = standardShape(
    databaseRequestOf(followed).parse(request) as Parameters<typeof standardShape>[0],
    followed,
    "eu-central-1",
  );
  function deployed(name: string, tag: string, change: object = {}) {
    const urn = (type: string) => `urn:pulumi:${name}::shipshape::${type}::${name}`;
    const component = { urn: urn("shipshape:index:StandardDatabase"), type: "shipshape:index:StandardDatabase" };
    const resources = [
      { ...component, outputs: { shape, ...change } },
      {
        urn: urn("shipshape:index:StandardDatabase$aws:rds/instance:Instance"),
        type: "aws:rds/instance:Instance",
        parent: component.urn,
        outputs: {
          engine: "postgres",
          identifier: name,
          arn: `arn:aws:rds:eu-central-1:123456789012:db:${name}`,
          resourceId: `db-${name}`,
          username: "acme_admin",
          tags: { "shipshape:standard": tag, CostCentre: "CC-12345" },
        },
      },
    ];
    writeFileSync(join(stacks, `${name}.json`), JSON.stringify({ version: 3, checkpoint: { latest: { resources } } }));
  }
  const backend = { PULUMI_BACKEND_URL: `file://${folder}` };
  const judged = async (text: string): Promise<StandardDiff & { code: number }> => {
    const { lines, code } = await run(text, [old.file, "--json"], backend);
    return { ...(JSON.parse(lines.join("\n")) as StandardDiff), code };
  };

  test("one that follows the old standard changes, and one that already follows the new does not", async () => {
    const next: Standard = readStandard(companyFolder(changed + earlier).file, today);
    deployed("before", instanceTagOf(followed));
    deployed("after", instanceTagOf(next));
    const { databases, unread, code } = await judged(changed + earlier);
    expect({ unread, code }).toEqual({ unread: [], code: 0 });
    expect(databases).toMatchObject([
      { name: "after", effect: "none", names: { areCurrent: false } },
      { name: "before", stack: "shipshape/before", effect: "restart", names: { areCurrent: false } },
    ]);
  });

  test("one of a third standard, and one that an older release brought up, are named and not judged", async () => {
    deployed("before", "acme/2026.1.0/0123456789ab");
    deployed("after", instanceTagOf(followed), { shape: undefined });
    const { databases, unread, code } = await judged(company);
    expect({ databases, code }).toEqual({ databases: [], code: 1 });
    expect(unread).toEqual([
      expect.stringMatching(/after of shipshape\/after: .*bring it up once/),
      expect.stringMatching(/before of shipshape\/before: follows the standard acme\/2026\.1\.0\/0123456789ab, not/),
    ]);
  });

  test("with names that the new standard no longer has, it is refused", async () => {
    deployed("before", instanceTagOf(followed));
    deployed("after", instanceTagOf(followed));
    const { databases } = await judged(changed);
    expect(databases.map(({ effect, changes: [first] }) => [effect, first?.note])).toEqual([
      ["refused", expect.stringContaining("earlierBirths")],
      ["refused", expect.stringContaining("earlierBirths")],
    ]);
  });

  test("no backend is not the same as no databases", async () => {
    const { lines, code } = await run(company, [old.file], { PULUMI_BACKEND_URL: `file://${folder}/absent` });
    expect(code).toBe(1);
    expect(lines.join(" ")).toContain("no stack was ever deployed there");
  });
});

import { join } from "node:path";
import type { Stack } from "@pulumi/pulumi/automation";
import { diffOfBackend, type StandardDiff } from "../../../automation/standard-diff";
import { DatabasePlatform, StandardDatabase } from "../../../components";
import type { StandardDatabaseArgs } from "../../../components/database-request";
import { strongest, type Effect } from "../../../components/standard-change";
import { checked } from "../../../components/standards/define";
import type { StandardFile } from "../../../components/standards/file-schema";
import { birthDigest, type Standard } from "../../../components/standards/standard";
import { platformArguments, startEngine, typedPreview, watch, type Engine, type Step } from "../engine";
import { companyFolder, today } from "./company";

/**
 * What `shipshape standard diff` says of each kind of change, held to what a preview of the real engine shows. Each
 * database here has a size or a tier of its own, so that one preview shows several kinds.
 */
const size = (change: object = {}) => ({ class: "db.t4g.medium", allocatedGib: 20, capGib: 100, ...change });
const birth = {
  identifier: "{environment}-{service}-pg",
  secrets: "/acme/db/{identifier}/{role}",
  masterUsername: "acme_admin",
  platform: "acme",
};
const acme: StandardFile = {
  standard: "acme",
  version: "1",
  tiers: {
    top: { like: "gold" },
    base: { like: "bronze" },
    early: { like: "bronze", ring: 0 },
    single: { like: "bronze" },
  },
  sizes: { same: size(), classed: size(), grown: size(), shrunk: size({ allocatedGib: 40 }) },
  environments: { live: "production", play: "development" },
  birth,
  postgres: { extensions: { default: ["pg_stat_statements"] } },
  roles: { reporting: { like: "readonly" } },
};
const standardOf = (change: object = {}) => checked({ ...acme, ...change }, "test", today);
const databases: Record<string, object> = {
  plain: { environment: "play", accessRoles: "declared" },
  early: { tier: "early" },
  single: { tier: "single" },
  classed: { size: "classed" },
  grown: { size: "grown" },
  shrunk: { size: "shrunk" },
};

let engine: Engine;
let stack: Stack;
let standard: Standard = standardOf();
beforeAll(async () => {
  engine = await startEngine();
  stack = await engine.stack("database.fleet", async () => {
    const own = { standard, owner: "team-orders", costCenter: "4711", environment: "live" };
    const { vpcId, subnetIds, copyRegion } = platformArguments;
    const platform = new DatabasePlatform("platform", {
      ...own,
      ...{ vpcId, subnetIds, copyRegion, postgresMajors: [17] },
    } as unknown as typeof platformArguments);
    for (const [service, change] of Object.entries(databases))
      new StandardDatabase(service, {
        ...own,
        ...{ service, platform, tier: "base", size: "same", dataClassification: "internal", accessRoles: "later" },
        ...change,
      } as unknown as StandardDatabaseArgs);
  });
  await stack.setConfig("aws:region", { value: "eu-central-1" });
  await stack.setConfig("shipshape:birth", { value: birthDigest(standard.birth) });
  await stack.up();
});
afterAll(() => engine?.stop());

/** What a preview under another standard shows, by database; "platform" is one of them. */
async function previewed(to: Standard): Promise<Record<string, Effect> & { platform: Effect }> {
  standard = to;
  const watched = watch("plan");
  try {
    await stack.preview({ onEvent: watched.onEvent });
  } finally {
    standard = standardOf();
  }
  const of = (name: string) => watched.steps.filter((step) => step.name.startsWith(`${name}-`));
  const found = Object.keys(databases).map((name) => [name, effectOf(of(name))] as const);
  return { ...(Object.fromEntries(found) as Record<string, Effect>), platform: effectOf(of("platform")) };
}

function effectOf(steps: Step[]): Effect {
  const instance = steps.filter(({ type }) => type === "aws:rds/instance:Instance");
  const paths = instance.flatMap((step) => step.paths);
  const replaced = ({ op }: Step) => op.includes("replace");
  if (instance.some(replaced)) return "refused";
  if (paths.includes("identifier") || steps.some((step) => replaced(step) && step.type.includes("secretsmanager")))
    return "address";
  if (paths.includes("instanceClass")) return "restart";
  if (paths.includes("allocatedStorage") || paths.includes("multiAz")) return "window";
  const others = steps.filter(({ op, paths: of }) => op !== "update" || !of.every((one) => one.startsWith("tags")));
  return others.length > 0 ? "at-once" : steps.length > 0 ? "tag" : "none";
}

const saidOf = async (to: Standard): Promise<StandardDiff> =>
  diffOfBackend(standardOf(), to, { environment: engine.cloud.env, workspacesFolder: engine.cloud.dataFolder });
const effectsOf = ({ databases: found }: StandardDiff) =>
  Object.fromEntries(found.map(({ name, effect }) => [name.split("-")[1], effect]));

test("figures: of a window, a class, storage up and down, a standby and a role", async () => {
  const to = standardOf({
    windows: { 0: "sun:02:00-sun:04:00" },
    tiers: { ...acme.tiers, single: { like: "bronze", production: { multiAz: true } } },
    sizes: {
      ...acme.sizes,
      classed: size({ class: "db.m7g.large" }),
      grown: size({ allocatedGib: 40 }),
      shrunk: size({ allocatedGib: 20 }),
    },
    roles: {},
  });
  const said = await saidOf(to);
  const { platform, ...shown } = await previewed(to);
  expect(platform).toBe("none");
  expect(shown).toEqual({
    plain: "at-once",
    early: "at-once",
    single: "window",
    classed: "restart",
    grown: "window",
    shrunk: "tag",
  });
  // The engine's own platform.
  expect(said.unread).toEqual(["shipshape of shipshape/platform.test: follows the standard 1.2.0, not acme"]);
  expect(effectsOf(said)).toEqual(shown);
});

const all = (effect: Effect) => Object.fromEntries(Object.keys(databases).map((name) => [name, effect]));

test("a tag's key: tags alone, of each database and the platform", async () => {
  const to = standardOf({ tags: { owner: "Team" } });
  const said = await saidOf(to);
  const { platform, ...shown } = await previewed(to);
  expect({ platform, shown }).toEqual({ platform: "tag", shown: all("tag") });
  expect(effectsOf(said)).toEqual(shown);
  expect(said.platforms).toMatchObject([{ name: "acme", effect: platform }]);
});

test("a parameter changes the platform's group, and each database by that", async () => {
  const to = standardOf({ postgres: { ...acme.postgres, parameters: { log_min_duration_statement: 500 } } });
  const said = await saidOf(to);
  const { platform, ...shown } = await previewed(to);
  expect({ platform, shown }).toEqual({ platform: "at-once", shown: all("tag") });
  expect(said.platforms).toMatchObject([{ effect: "at-once" }]);
  expect(said.databases[0]?.changes).toContainEqual(
    expect.objectContaining({ effect: "at-once", note: "by the platform's `up`" }),
  );
});

describe("names that are identity", () => {
  const renamed = { ...birth, identifier: "{service}-{environment}", secrets: "/acme/{identifier}/{role}" };
  const to = (change: object) => standardOf({ birth: { ...birth, ...change }, earlierBirths: [birth] });
  const takingOf = ({ databases: found, platforms }: StandardDiff) =>
    [...platforms, ...found].map(({ names }) => strongest(names.taking));
  const withNames = async <T>(pinned: Standard, work: () => Promise<T>): Promise<T> => {
    await stack.setConfig("shipshape:birth", { value: birthDigest(pinned.birth) });
    try {
      return await work();
    } finally {
      await stack.setConfig("shipshape:birth", { value: birthDigest(standard.birth) });
    }
  };

  test("stay as they are pinned: the tag of the standard changes alone", async () => {
    const changed = to({ ...renamed, masterUsername: "acme_root", platform: "rdbms", schema: "main" });
    const said = await saidOf(changed);
    const { platform, ...shown } = await previewed(changed);
    expect({ platform, shown }).toEqual({ platform: "none", shown: all("tag") });
    expect(effectsOf(said)).toEqual(shown);
    expect(said.platforms).toMatchObject([{ effect: "none" }]);
    // What still has the old ones, and what the new ones would do: a master user would replace each database.
    expect([...said.platforms, ...said.databases].filter(({ names }) => names.areCurrent)).toEqual([]);
    expect(takingOf(said)).toEqual(Array(7).fill("refused"));
  });

  test("taken by a new pin, identifiers and secrets are new addresses", async () => {
    const said = await saidOf(to(renamed));
    expect(takingOf(said)).toEqual(["none", ...Array<Effect>(6).fill("address")]);
    await withNames(to(renamed), async () => {
      const { platform, ...shown } = await previewed(to(renamed));
      expect({ platform, shown }).toEqual({ platform: "none", shown: all("address") });
    });
    const secrets = to({ secrets: "/acme/{identifier}/{role}" });
    expect(takingOf(await saidOf(secrets))[1]).toBe("address");
  });

  test("another master user would replace a database, protected or not: the preview refuses it", async () => {
    const next: StandardFile = { ...acme, birth: { ...birth, masterUsername: "acme_root" }, earlierBirths: [birth] };
    const { folder } = companyFolder(JSON.stringify(next));
    const env = { ...engine.cloud.env, SHIPSHAPE_CONFIGURATION_FILE: join(folder, "shipshape.yaml") };
    const request = { owner: "team-orders", costCenter: "4711", tier: "base", size: "same", ...databases["plain"] };
    const printed = await typedPreview({ ...engine, cloud: { ...engine.cloud, env } }, "database.fleet", {
      "aws:region": "eu-central-1",
      "shipshape:birth": birthDigest(standardOf(next).birth),
      "shipshape:request": { service: "plain", dataClassification: "internal", ...request },
      "shipshape:place": { platformStack: "platform.test" },
    });
    expect(printed).toContain(
      "birth.masterUsername: the database was made with acme_admin, and with acme_root it would be replaced",
    );
    expect(takingOf(await saidOf(standardOf(next)))).toEqual(["none", ...Array<Effect>(6).fill("refused")]);
  });

  test("another platform name would replace vaults, subnet group and topic: the preview refuses it", async () => {
    const next = to({ platform: "rdbms" });
    expect(takingOf(await saidOf(next))[0]).toBe("refused");
    await withNames(next, () => expect(previewed(next)).rejects.toThrow(/platform-(subnets|vault|topic).*protect/s));
  });
});

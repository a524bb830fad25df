import type { Stack } from "@pulumi/pulumi/automation";
import { diffOfBackend, type StandardDiff } from "../../../automation/standard-diff";
import { DatabasePlatform, StandardDatabase } from "../../../components";
import type { StandardDatabaseArgs } from "../../../components/database-request";
import type { Effect } from "../../../components/standard-change";
import { checked } from "../../../components/standards/define";
import type { StandardFile } from "../../../components/standards/file-schema";
import { birthDigest, type Standard } from "../../../components/standards/standard";
import { platformArguments, startEngine, watch, type Engine, type Step } from "../engine";
import { today } from "./company";

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
async function previewed(to: Standard): Promise<Record<string, Effect>> {
  standard = to;
  const watched = watch("plan");
  try {
    await stack.preview({ onEvent: watched.onEvent });
  } finally {
    standard = standardOf();
  }
  const of = (name: string) => watched.steps.filter((step) => step.name.startsWith(`${name}-`));
  return Object.fromEntries([...Object.keys(databases), "platform"].map((name) => [name, effectOf(of(name))]));
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
  Object.fromEntries(found.map(({ identifier, effect }) => [identifier.split("-")[1], effect]));

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
    shrunk: "at-once",
  });
  expect(said.unread).toEqual([]);
  expect(effectsOf(said)).toEqual(shown);
});

import * as rds from "@pulumi/aws/rds";
import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { EngineEvent, PulumiFn } from "@pulumi/pulumi/automation";
import { DatabasePlatform, StandardDatabase } from "../../components";
import { builtIn } from "../../components/standards/built-in";
import { environmentsOf, tiersOf } from "../../components/standards/standard";
import { judgeStateFiles } from "../../automation/guardrails/state-files";
import { rules } from "../../policypacks/database-guardrails/rules";
import { report, run } from "../automation/guardrails/command";
import { platformArguments, startEngine, type Engine } from "../components/engine";
import { badResources } from "./bad-resources";
import { today } from "./fixtures";

const pack = join(__dirname, "../../policypacks/database-guardrails");

interface Reported {
  rule: string;
  urn: string;
  level: string;
  message: string;
}

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine();
});
afterAll(() => engine.stop());

/** What the pack reports in a preview, and whether it stopped the preview. */
async function preview(
  name: string,
  program: PulumiFn,
  settings: Record<string, string> = {},
): Promise<{ reported: Reported[]; stopped: boolean; text: string }> {
  const stack = await engine.stack(name, program);
  Object.assign(stack.workspace.envVars, settings);
  const reported: Reported[] = [];
  const onEvent = (event: EngineEvent) => {
    const { policyEvent } = event as {
      policyEvent?: { policyName: string; resourceUrn: string; enforcementLevel: string; message: string };
    };
    if (policyEvent)
      reported.push({
        rule: policyEvent.policyName,
        urn: policyEvent.resourceUrn,
        level: policyEvent.enforcementLevel,
        message: policyEvent.message,
      });
  };
  try {
    const { stdout } = await stack.preview({ policyPacks: [pack], onEvent });
    return { reported, stopped: false, text: stdout };
  } catch (error) {
    return { reported, stopped: true, text: String(error) };
  }
}

test("in a first preview, standard databases of every tier, environment and access-role setting, their platform and throwaways pass every rule", async () => {
  const { reported, stopped, text } = await preview("database.all-production", async () => {
    new DatabasePlatform("another", { ...platformArguments, platformName: "another" });
    const request = {
      owner: "team-orders",
      size: "small" as const,
      dataClassification: "confidential" as const,
      costCenter: "4711",
      platform: engine.platform,
      extensions: [],
    };
    for (const environment of environmentsOf(builtIn))
      for (const tier of tiersOf(builtIn))
        new StandardDatabase(`${tier}-${environment}`, {
          ...request,
          service: tier,
          environment,
          tier,
          accessRoles: "later",
        });
    new StandardDatabase("declared", {
      ...request,
      service: "declared",
      environment: "production",
      tier: "gold",
      accessRoles: "declared",
    });
    new StandardDatabase("own", {
      ...request,
      service: "own",
      environment: "production",
      tier: "gold",
      accessRoles: "later",
      masterPassword: "own",
      replicas: 1,
      parameters: { work_mem: 65_536 },
    });
    new rds.Instance("restored", {
      identifier: "drill-1",
      restoreToPointInTime: {
        sourceDbiResourceId: "db-ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        restoreTime: "2026-11-23T10:00:00Z",
      },
      instanceClass: "db.t4g.medium",
      parameterGroupName: "shipshape-postgres17-standard",
      dbSubnetGroupName: "shipshape-databases",
      publiclyAccessible: false,
      storageEncrypted: true,
      manageMasterUserPassword: true,
      autoMinorVersionUpgrade: false,
      backupRetentionPeriod: 0,
      skipFinalSnapshot: true,
      tags: {
        service: "orders",
        owner: "team-orders",
        environment: "production",
        tier: "gold",
        "data-classification": "confidential",
        "cost-center": "1",
        "shipshape:run": "r-1",
        "shipshape:expires-on": inDays(2),
        "shipshape:purpose": "restore-drill",
      },
    });
  });
  expect(stopped ? text : false).toBe(false);
  // Whether a restored copy is encrypted depends on its backup.
  expect(
    reported.map(({ rule, level, urn, message }) => [rule, level, urn.split("::").at(-1), message.split(",")[0]]),
  ).toEqual([
    [
      "require-encryption-at-rest",
      "advisory",
      "restored",
      "restored: storageEncrypted cannot be known before deployment",
    ],
  ]);
});

test("a program that violates every rule is stopped, passes with waivers, and is stopped again after they expire", async () => {
  const waivers = join(engine.cloud.dataFolder, "waivers");
  mkdirSync(waivers);
  const settings = { SHIPSHAPE_WAIVERS_FOLDER: waivers };
  writeFileSync(
    join(waivers, "unneeded.yaml"),
    waiver("require-tls", "urn:pulumi:database.bad-production::shipshape::*::missing"),
  );
  const bad = await preview("database.bad-production", async () => badResources(), settings);
  expect(bad.stopped).toBe(true);
  expect([...new Set(bad.reported.map(({ rule }) => rule))].sort()).toEqual(
    rules.filter(({ onlyLive }) => !onlyLive).map(({ id }) => id),
  );

  rmSync(join(waivers, "unneeded.yaml"));
  const mandatory = bad.reported.filter(({ level, rule }) => level === "mandatory" && rule !== "forbid-stale-waivers");
  const once = new Map(mandatory.map((one) => [`${one.rule} ${one.urn}`, one]));
  [...once.values()].forEach(({ rule, urn }, index) =>
    writeFileSync(join(waivers, `${index}.yaml`), waiver(rule, urn)),
  );
  const waived = await preview("database.bad-production", async () => badResources(), settings);
  expect({
    stopped: waived.stopped ? waived.text : false,
    levels: [...new Set(waived.reported.map(({ level }) => level))],
  }).toEqual({
    stopped: false,
    levels: ["advisory"],
  });
  expect(waived.reported.filter(({ message }) => message.includes("Waived by"))).toHaveLength(mandatory.length);

  const later = await preview("database.bad-production", async () => badResources(), {
    ...settings,
    SHIPSHAPE_GUARDRAILS_DATE: inDays(61),
  });
  expect(later.stopped).toBe(true);
  expect(later.reported.filter(({ message }) => message.includes("The waiver"))).toHaveLength(mandatory.length);
});

test("a state gives the same findings to pulumi policy analyze and to shipshape guard", async () => {
  const stack = await engine.stack("platform.test", async () => undefined);
  const state = await stack.exportStack();
  changeByHand((state.deployment as { resources: Record<string, Record<string, unknown>>[] }).resources);
  const file = join(engine.cloud.dataFolder, "changed.json");
  writeFileSync(file, JSON.stringify(state));
  const output = await new Promise<string>((resolve) => {
    execFile(
      "pulumi",
      ["policy", "analyze", "--file", file, "--policy-pack", pack, "--json"],
      { env: engine.cloud.env, cwd: engine.cloud.dataFolder, maxBuffer: 1 << 26 },
      (_, stdout) => resolve(stdout),
    );
  });
  const events = output
    .split("\n")
    .flatMap((line) => (line.startsWith("{") ? [JSON.parse(line) as { policyEvent?: Record<string, string> }] : []));
  const analyzed = events.flatMap(({ policyEvent: one }) =>
    one
      ? [{ rule: one["policyName"], urn: one["resourceUrn"], level: one["enforcementLevel"], message: one["message"] }]
      : [],
  );
  const guarded = judgeStateFiles([file], {
    waivers: { waivers: [], problems: [] },
    config: { options: {}, raised: [], problems: [] },
    today,
    standard: builtIn,
    own: [],
  }).findings;
  const comparable = guarded.map(({ rule, urn, level, message }) => ({ rule, urn, level, message }));
  expect(comparable.length).toBeGreaterThan(8);
  expect(sorted(analyzed)).toEqual(sorted(comparable));
});

/** What a team wrote years ago, in few lines. */
const oldProgram = (change: Partial<rds.InstanceArgs>) => async () => {
  new rds.Instance("old", {
    identifier: "old",
    engine: "postgres",
    engineVersion: "17.10",
    instanceClass: "db.t4g.medium",
    allocatedStorage: 20,
    username: "keeper",
    password: "hunter2hunter2",
    skipFinalSnapshot: true,
    ...change,
  });
};

test("a plain database of before: a baseline makes guard and the pack pass, what is new stops, and it shrinks", async () => {
  const at = (file: string) => join(engine.cloud.dataFolder, "company", file);
  mkdirSync(at("rules"), { recursive: true });
  writeFileSync(at("rules/require-backup-window.ts"), ownRule);
  const [plain, configuration] = [at("without.yaml"), at("shipshape.yaml")];
  writeFileSync(plain, "guardrails:\n  rules: rules\n");
  writeFileSync(configuration, "guardrails:\n  rules: rules\n  baseline: baseline.json\n");
  const name = "database.old-production";
  const previewed = async (change: Partial<rds.InstanceArgs>, SHIPSHAPE_CONFIGURATION_FILE: string) => {
    const { reported, stopped, text } = await preview(name, oldProgram(change), { SHIPSHAPE_CONFIGURATION_FILE });
    const stopping = reported.filter(({ level }) => level === "mandatory").map(({ rule }) => rule);
    return { stopped: stopped ? text : false, mandatory: [...new Set(stopping)].sort(), reported };
  };
  const exportState = async (change: Partial<rds.InstanceArgs>) => {
    const stack = await engine.stack(name, oldProgram(change));
    await stack.up();
    writeFileSync(at("old.json"), JSON.stringify(await stack.exportStack()));
    return at("old.json");
  };
  const as = async <T>(file: string, act: () => Promise<T>): Promise<T> => {
    process.env["SHIPSHAPE_CONFIGURATION_FILE"] = file;
    return act().finally(() => delete process.env["SHIPSHAPE_CONFIGURATION_FILE"]);
  };
  const state = await exportState({});

  // Today: far too many to correct before the next change.
  const first = await as(plain, () => report("--state", state));
  expect(first.exitCode).toBe(1);
  const mandatory = first.findings.filter(({ level }) => level === "mandatory");
  expect(mandatory.length).toBeGreaterThan(15);
  expect(mandatory.map(({ rule }) => rule)).toContain("require-backup-window");
  expect((await previewed({}, plain)).stopped).toBeTruthy();

  // One file, and both pass.
  writeFileSync(at("report.json"), JSON.stringify(first));
  await as(configuration, () => run("baseline", "new", "--from", at("report.json"), "--owner", "team-old"));
  writeFileSync(at("committed.json"), readFileSync(at("baseline.json")));
  const guarded = await as(configuration, () => report("--state", state));
  expect(guarded.findings.filter(({ level }) => level === "mandatory")).toEqual([]);
  expect(guarded.exitCode).toBe(0);
  const { reported, ...green } = await previewed({}, configuration);
  expect(green).toEqual({ stopped: false, mandatory: [] });
  expect(reported.filter(({ message }) => message.includes("In the baseline until")).length).toBeGreaterThan(15);

  // What is new stops, and only that.
  const worse = await previewed({ publiclyAccessible: true }, configuration);
  expect(worse).toMatchObject({ stopped: expect.any(String) as string, mandatory: ["forbid-public-access"] });

  // What was corrected leaves the file, and cannot come back.
  const better = await exportState({ deletionProtection: true, copyTagsToSnapshot: true, backupWindow: "02:00-03:00" });
  await as(configuration, () => run("guard", "--state", better, "--shrink"));
  const rulesIn = (file: string) =>
    (JSON.parse(readFileSync(at(file), "utf8")) as { entries: { rule: string }[] }).entries.map(({ rule }) => rule);
  expect(rulesIn("committed.json")).toContain("require-backup-window");
  expect(rulesIn("baseline.json")).not.toContain("require-backup-window");
  const check = () => as(configuration, () => run("baseline", "check", "--against", at("committed.json")));
  expect((await check()).out).toMatch(/ fewer than before, 0 expired$/);
  const again = await previewed({ deletionProtection: true, copyTagsToSnapshot: true }, configuration);
  expect(again).toMatchObject({ stopped: expect.any(String) as string, mandatory: ["require-backup-window"] });
  const shrunk = readFileSync(at("baseline.json"));
  writeFileSync(at("baseline.json"), readFileSync(at("committed.json")));
  writeFileSync(at("committed.json"), shrunk);
  await expect(check()).rejects.toThrow(/may only shrink:[^]*require-backup-window on urn:.*: is new/);
});

const ownRule = `import { defineRule, types } from "shipshape/guardrails";
export const requireBackupWindow = defineRule({
  id: "require-backup-window", title: "Backups have a window", severity: "high", owner: "team-old", controls: [],
  properties: ["backupWindow"], why: "Backups in the middle of the day slow down what people are waiting for.",
  solution: "Set backupWindow to an hour at night.", types: [types.instance],
  *check(database) {
    const found = database.string("backupWindow");
    if (found !== "02:00-03:00") yield { property: "backupWindow", found, allowed: "02:00-03:00", change: "set it" };
  },
});
`;

/** Changes that people might make to a platform by hand. */
function changeByHand(resources: Record<string, Record<string, unknown>>[]): void {
  for (const resource of resources) {
    for (const properties of [resource["inputs"], resource["outputs"]]) {
      if (!properties) continue;
      if ("ingress" in properties)
        properties["ingress"] = [{ protocol: "tcp", fromPort: 5432, toPort: 5432, cidrBlocks: ["0.0.0.0/0"] }];
      if ("parameters" in properties)
        properties["parameters"] = [
          { name: "rds.force_ssl", value: "0" },
          {
            name: "log_connections",
            value: { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext: "v1:broken" },
          },
        ];
      if ("enableKeyRotation" in properties)
        Object.assign(properties, { enableKeyRotation: "sometimes", deletionWindowInDays: 7 });
      if ("sourceType" in properties) Object.assign(properties, { enabled: false, tags: {} });
    }
    Object.assign(resource, { protect: undefined, ignoreChanges: ["*"] });
  }
}

const sorted = (reported: unknown[]) => reported.map((one) => JSON.stringify(one)).sort();
const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
const waiver = (rule: string, resource: string) =>
  `rule: ${rule}\nresource: ${JSON.stringify(resource)}\nreason: a test\nowner: team-orders\napprover: team-platform\nexpiresOn: ${inDays(60)}\ncategory: waiver\n`;

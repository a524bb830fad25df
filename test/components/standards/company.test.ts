import { join } from "node:path";
import { runtime } from "@pulumi/pulumi";
import { DatabasePlatform, StandardDatabase, type Standard } from "../../../components";
import type { StandardDatabaseArgs } from "../../../components/database-request";
import { builtIn } from "../../../components/standards/built-in";
import { standardFor } from "../../../components/standards/standard-file";
import { judgeResource, judgeStack } from "../../../policypacks/database-guardrails/judging/judge";
import { settingsOf } from "../../../policypacks/database-guardrails/judging/options";
import { auditedBy, ownRules, rulesWith } from "../../../policypacks/database-guardrails/own-rules/own-rules";
import { compileOwnRules } from "../../../policypacks/database-guardrails/own-rules/rule-files";
import { guardrailsNamedIn } from "../../../policypacks/database-guardrails/own-rules/section";
import { claimsOf, type Claims } from "../../../policypacks/database-guardrails/authoring/claims";
import { Resource, Stack } from "../../../policypacks/database-guardrails/vocabulary/resource";
import { birthDigest } from "../../../components/standards/standard";
import { heldTo, tierOf } from "../../../automation/tier-of";
import { decide } from "../../../automation/policy/decisions";
import { restoreDrill } from "../../../automation/operations/restore-drill/restore-drill";
import type { RestoreDrillSteps } from "../../../automation/operations/restore-drill/steps";
import { planRestoreDrill } from "../../../automation/operations/restore-drill/plan";
import { source } from "../../automation/operations/restore-drill/drills";
import { facts, plan } from "../../automation/policy/facts";
import { declare, platform, type Declared } from "../declared";
import { company, companyFolder, today } from "./company";

const { folder, configuration } = companyFolder();
const standard = standardFor(folder, today);
const compiledRules = compileOwnRules(guardrailsNamedIn(configuration).rules);
const rules = rulesWith(compiledRules);
const audited = auditedBy(rules);
const request = {
  service: "orders",
  owner: "payments-team",
  environment: "live",
  tier: "platinum",
  size: "m",
  dataClassification: "C2",
  costCenter: "CC-12345",
};
const pinned = { "shipshape:birth": birthDigest(standard.birth), "aws:region": "eu-central-1" };
beforeEach(() => runtime.setAllConfig(pinned));
afterAll(() => runtime.setAllConfig({}));

/** Names of a company are not those of the compiler here: that is for `shipshape standard types`. */
const database = (change: object = {}, given: Standard = standard) =>
  declare(
    () =>
      new StandardDatabase("orders", {
        ...request,
        standard: given,
        platform,
        ...change,
      } as unknown as StandardDatabaseArgs),
    "database.orders-live",
  );
/** What is wrong with a program, one a line. */
async function refused(program: () => unknown): Promise<string[]> {
  let message = "";
  await declare(() => {
    try {
      program();
    } catch (error) {
      ({ message } = error as Error);
    }
  });
  return message.split("\n  ").slice(1);
}
const refusal = (change: object) =>
  refused(
    () =>
      new StandardDatabase("orders", { ...request, standard, platform, ...change } as unknown as StandardDatabaseArgs),
  );
const platformProgram = () =>
  new DatabasePlatform("platform", {
    standard,
    owner: "platform-team",
    costCenter: "CC-10000",
    environment: "live" as never,
    vpcId: "vpc-1",
    subnetIds: ["subnet-1", "subnet-2"],
    copyRegion: "eu-west-1",
  });
const companyPlatform = () => declare(platformProgram, "platform.live");
const inputsOf = (declared: Declared[], suffix: string) => declared.find(({ name }) => name.endsWith(suffix))!.inputs;
const tags = {
  Provisioner: "shipshape",
  AppId: "orders",
  Team: "payments-team",
  Stage: "live",
  ServiceLevel: "platinum",
  Confidentiality: "C2",
  CostCentre: "CC-12345",
  "shipshape:ring": "3",
  "shipshape:stack": "shipshape/database.orders-live",
  "shipshape:standard": "acme",
};

test("a company's database has its tags, names, sizes, parameters, roles and alarms", async () => {
  const declared = await database();
  expect(inputsOf(declared, "orders-instance")).toMatchObject({
    maintenanceWindow: "sun:02:00-sun:04:00",
    identifier: "live-orders-pg",
    instanceClass: "db.m8g.large",
    username: "acme_admin",
    dbName: "orders",
    backupRetentionPeriod: 35,
    tags: {
      ...tags,
      "shipshape:backup-plan": "vault-and-copy",
      "shipshape:standard": `acme/2027.1.0/${standard.digest.slice(0, 12)}`,
    },
  });
  expect(inputsOf(declared, "orders-security-group")).toMatchObject({ tags });
  expect(inputsOf(declared, "orders-schema-application")).toMatchObject({ name: "app" });
  expect(inputsOf(declared, "orders-role-reporting")).toMatchObject({
    name: "reporting",
    connectionLimit: 10,
    statementTimeout: 600_000,
  });
  expect(inputsOf(declared, "orders-grant-reporting-tables")).toMatchObject({ privileges: ["SELECT"] });
  expect(inputsOf(declared, "orders-reporting-secret")).toMatchObject({ name: "/acme/db/live-orders-pg/reporting" });
  expect(inputsOf(declared, "orders-alarm-free-storage")).toMatchObject({
    threshold: 0.15 * 100 * 1024 ** 3,
    alarmDescription: "less than 15 % of the allocated storage is free (bytes)",
  });
  expect(inputsOf(declared, "orders-log-postgresql")).toMatchObject({ retentionInDays: 400 });
});

test("a platform's name has its Region, and without one nothing is made", async () => {
  expect(inputsOf(await companyPlatform(), "platform-vault")["name"]).toBe("acme-eu-central-1");
  const { "aws:region": _, ...elsewhere } = pinned;
  runtime.setAllConfig(elsewhere);
  expect(await refused(platformProgram)).toEqual([
    expect.stringContaining("platformName: the standard's name has the Region: set config aws:region"),
  ]);
});

test("SHIPSHAPE_CONFIGURATION_FILE names the shipshape.yaml of programs, too", async () => {
  const { folder } = companyFolder();
  process.env["SHIPSHAPE_CONFIGURATION_FILE"] = join(folder, "shipshape.yaml");
  try {
    const declared = await database({ standard: undefined });
    expect(inputsOf(declared, "orders-instance")).toMatchObject({ tags: { ServiceLevel: "platinum" } });
    process.env["SHIPSHAPE_CONFIGURATION_FILE"] = join(folder, "absent.yaml");
    expect(await refusal({ standard: undefined })).toEqual(["the whole: there is no such file"]);
  } finally {
    delete process.env["SHIPSHAPE_CONFIGURATION_FILE"];
  }
});

test("nothing that a company's programs make has a name of ours", async () => {
  const declared = [...(await database()), ...(await companyPlatform())];
  expect(declared.length).toBeGreaterThan(90);
  const ours =
    /"(gold|silver|bronze|production|staging|development|small|cost-center|data-classification|tier|owner-tag|shipshape_admin|shipshape-[a-z]+)"|^shipshape\/|team-/;
  const own = declared.filter(({ type }) => !type.startsWith("shipshape:"));
  // What the platform of the test passes in, and the roles that every database has.
  const given = (text: string) => text.replaceAll(/shipshape-(databases|monitoring|postgres\d+-standard)/g, "");
  expect(own.filter(({ inputs }) => ours.test(given(JSON.stringify(inputs)))).map(({ name }) => name)).toEqual([]);
});

test("arguments are checked by the company's standard, and its own roles have settings", async () => {
  expect(await refusal({ tier: "gold", owner: "team-orders", costCenter: "4711" })).toEqual([
    'owner: give a value that matches (payments|ledger|platform)-team (given "team-orders")',
    'tier: give one of platinum, economy (given "gold")',
    'costCenter: give a value that matches CC-[0-9]{5} (given "4711")',
  ]);
  const declared = await database({ roles: { reporting: { statementTimeoutMilliseconds: 1_000 } } });
  expect(inputsOf(declared, "orders-role-reporting")).toMatchObject({ statementTimeout: 1_000 });
  expect(await refusal({ standard: { ...standard } })).toEqual(["the whole: give what defineStandard returns"]);
});

/** What the guardrails find in a stack that is held to a standard, by rule. */
function findings(declared: Declared[], heldBy: Standard = standard): string[] {
  const resources = declared.map(
    ({ urn, type, name, inputs }) =>
      new Resource({
        urn,
        type,
        name,
        properties: inputs,
        protect: true,
        ignoreChanges: [],
        dependencies: {},
        declaredBy: { environment: request.environment, tier: request.tier },
      }),
  );
  const stack = new Stack(resources);
  return rules.flatMap((rule) => {
    const settings = settingsOf(rule, { standard: heldBy, today, audited });
    const found = [
      ...resources.flatMap((one) => judgeResource(rule, one, settings)),
      ...judgeStack(rule, stack, settings),
    ];
    return found.filter(({ kind }) => kind === "violation").map(({ message }) => `${rule.id}: ${message}`);
  });
}

test("guardrails judge a company's database by its own standard: as it is, lowered, and with tags of ours", async () => {
  const declared = await database();
  expect(findings(declared)).toEqual([]);
  const { inputs } = declared.find(({ name }) => name === "orders-instance")!;
  const changed = (change: object) =>
    findings(declared.map((one) => (one.inputs === inputs ? { ...one, inputs: { ...inputs, ...change } } : one)));
  expect(changed({ backupRetentionPeriod: 14 })).toEqual([
    expect.stringContaining("allowed: 35 days or more (live platinum)"),
  ]);
  expect(changed({ tags: { ...(inputs["tags"] as object), ServiceLevel: "gold" } })).toEqual([
    expect.stringContaining('tags.ServiceLevel is "gold"; allowed: platinum, economy'),
  ]);
  expect(changed({ tags: { ...(inputs["tags"] as object), Team: "strangers" } })).toEqual([
    expect.stringContaining("allowed: a value that matches (payments|ledger|platform)-team"),
  ]);
  const shared = changed({ tags: { service: "orders", tier: "economy", environment: "play" } });
  expect(shared.join("\n")).toContain("add AppId, Team, Stage, ServiceLevel, Confidentiality, CostCentre");
});

test("a company's database is guarded by two rules of the company's own too, which hold on their examples", async () => {
  const own = ownRules(compiledRules);
  expect(own.map(({ rule: { id } }) => id)).toEqual(["forbid-burstable-production", "require-payments-cost-centre"]);
  const claims = own.flatMap((one) => claimsOf(one.rule, one.claims as Claims, { standard, today, audited }));
  expect(claims.flatMap(({ failure }) => failure() ?? [])).toEqual([]);
  expect(claims).toHaveLength(7);
  // In its own names: production is live there, and a team's tag has another key.
  expect(findings(await database({ size: "s", costCenter: "CC-20000" }))).toEqual([
    'forbid-burstable-production: orders-instance: instanceClass is "db.t4g.medium"; allowed: a class that is not burstable. To fix: use size m.',
    'require-payments-cost-centre: orders-instance: tags is "CC-20000"; allowed: CC-1…. To fix: set costCenter.',
  ]);
});

test("the control plane holds a database to its company's tier, and one without a known tier to the strictest", () => {
  const economy = { ServiceLevel: "economy", Stage: "live", Team: "ledger-team" };
  expect(tierOf(economy, standard).objectives.drillEveryDays).toBe(60);
  // A tier of ours is not judged as ours: here nobody has defined it.
  for (const tier of ["gold", "bronze", undefined])
    expect(
      tierOf(
        { ...economy, ...(tier && { ServiceLevel: tier }), tier: "bronze", ...(!tier && { ServiceLevel: "" }) },
        standard,
      ),
    ).toMatchObject({
      tier: "platinum",
      environment: "live",
      objectives: { rtoSeconds: 1800 },
    });
  const drill = planRestoreDrill(
    { database: "orders" },
    { ...source, tags: { ...tags } },
    "260301100000-aaaaaaaa",
    standard,
  );
  expect(drill.objectives.rtoSeconds).toBe(1800);
  expect(drill.throwaway.tags).toMatchObject({ AppId: "orders", Team: "payments-team", Confidentiality: "C2" });
  expect(drill.heldTo).toEqual({
    standard: { name: "acme", version: "2027.1.0", digest: standard.digest },
    tier: "platinum",
    environment: "live",
    owner: "payments-team",
  });
  const operation = restoreDrill({} as RestoreDrillSteps, standard);
  expect(operation.stillHolds!(drill, drill.source)).toBe(true);
  // The standard was changed while the plan waited for approval.
  const later = standardFor(companyFolder(company.replace("1800", "1700")).folder, today);
  expect(restoreDrill({} as RestoreDrillSteps, later).stillHolds!(drill, drill.source)).toBe(false);
  const change = {
    ...plan,
    tags,
    heldTo: heldTo(tags, standard),
    recovery: { ...plan.recovery!, recoverability: "stale" as const },
  };
  const { status, rules: judged } = decide(facts("changes", { plan: change, standard }));
  expect(status).toBe("denied");
  expect(judged.map(({ reason }) => reason).join("\n")).toContain("(platinum, live) is not proven");
});

describe("names that are identity stay those with which a stack was made", () => {
  const identityOf = (declared: Declared[]) => {
    const { identifier, username, dbName } = inputsOf(declared, "orders-instance");
    const secret = inputsOf(declared, "orders-readwrite-secret")["name"];
    return { identifier, username, dbName, secret, schema: inputsOf(declared, "orders-schema-application")["name"] };
  };
  const renamed = (more = "") =>
    standardFor(
      companyFolder(
        company
          .replace("{environment}-{service}-pg", "{service}-{environment}")
          .replace("/acme/db/", "/acme/databases/")
          .replace("acme_admin", "acme_root")
          .replace("schema: app", "schema: main") + more,
      ).folder,
      today,
    );
  const earlier = `earlierBirths:
  - { identifier: "{environment}-{service}-pg", secrets: "/acme/db/{identifier}/{role}", masterUsername: acme_admin, platform: "acme-{region}", schema: app }
`;

  test("a changed pattern renames nothing that lives, and concerns what is new", async () => {
    const before = identityOf(await database());
    const changed = renamed(earlier);
    expect(changed.digest).not.toBe(standard.digest);
    expect(identityOf(await database({}, changed))).toEqual(before);
    runtime.setAllConfig({ "shipshape:birth": birthDigest(changed.birth) });
    expect(identityOf(await database({}, changed))).toEqual({
      identifier: "orders-live",
      username: "acme_root",
      dbName: "orders",
      secret: "/acme/databases/orders-live/readwrite",
      schema: "main",
    });
  });

  test("one made with Shipshape's own names keeps them when the company gets a standard", async () => {
    runtime.setAllConfig({ "shipshape:birth": birthDigest(builtIn.birth) });
    expect(identityOf(await database())).toMatchObject({
      identifier: "orders-live",
      username: "shipshape_admin",
      secret: "shipshape/orders/live/orders/readwrite",
    });
  });

  test("without a pin, or with one that the standard no longer has, nothing is made", async () => {
    expect(await refusal({ standard: renamed() })).toEqual([
      "add what birth said then to earlierBirths of the standard: the stack keeps its names (docs/standard.md)",
    ]);
    // A program that does not find the company's file must not rename its databases.
    expect(await refusal({ standard: undefined })).toHaveLength(1);
    runtime.setAllConfig({});
    expect(await refusal({})).toEqual([
      `if it is new: pulumi config set shipshape:birth ${birthDigest(standard.birth)}`,
      `if it was made with Shipshape's own names: pulumi config set shipshape:birth ${birthDigest(builtIn.birth)}`,
    ]);
  });
});

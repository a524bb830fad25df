import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A company with other tiers, sizes, environments, tags, names, windows and a role of its own. */
export const company = `
standard: acme
version: 2027.1.0
tiers:
  economy:
    like: bronze
    production: { drillEveryDays: 60 }
  platinum: { like: gold, rtoSeconds: 1800 }
strictest: platinum
sizes:
  s: { class: db.t4g.medium, allocatedGib: 20, capGib: 100 }
  m: { class: db.m8g.large, allocatedGib: 100, capGib: 500 }
environments: { live: production, test: staging, play: development }
tags:
  service: AppId
  owner: { key: Team, pattern: "(payments|ledger|platform)-team" }
  environment: Stage
  tier: ServiceLevel
  dataClassification: { key: Confidentiality, values: [C1, C2, C3] }
  costCenter: { key: CostCentre, pattern: "CC-[0-9]{5}" }
  also: { Provisioner: shipshape }
birth:
  identifier: "{environment}-{service}-pg"
  secrets: "/acme/db/{identifier}/{role}"
  masterUsername: acme_admin
  platform: "acme-{region}"
  database: "{service}"
  schema: app
regions:
  eu-central-1:
    copyTo: eu-west-1
    windows: { 3: "sun:02:00-sun:04:00" }
postgres:
  majors: { 16: { minimumMinor: 13, until: 2027-12-31 }, 17: {} }
  parameters: { log_min_duration_statement: 500 }
  extensions: { allowed: [pg_stat_statements, pgaudit, vector], default: [pg_stat_statements] }
roles:
  reporting: { like: readonly, connectionLimit: 10, statementTimeoutMilliseconds: 600000 }
alarms: { freeStoragePercent: 15 }
logs: { retentionDays: { production: 400 } }
`;

export const today = "2026-11-27";

/** Two guardrails of its own. */
const companyRules = {
  "forbid-burstable-production.ts": `import { defineRule, resource, strictnessOf, types } from "shipshape/guardrails";

export const forbidBurstableProduction = defineRule({
  id: "forbid-burstable-production",
  title: "No production database has a burstable class",
  severity: "high",
  owner: "platform-team",
  controls: ["ACME-7"],
  properties: ["instanceClass"],
  why: "A burstable class stalls when its credits are spent, which is when invoices are written.",
  solution: "Use size m or larger.",
  types: [types.instance],
  *check(database, { standard }) {
    const found = database.word("instanceClass");
    if (found?.startsWith("db.t") && strictnessOf(database, standard).production)
      yield { property: "instanceClass", found, allowed: "a class that is not burstable", change: "use size m" };
  },
});
const live = { Stage: "live" };
export const claims = {
  passes: {
    "a large one": resource(types.instance, { instanceClass: "db.m8g.large", tags: live }),
    "one to play with": resource(types.instance, {
      identifier: "play-orders-pg",
      instanceClass: "db.t4g.medium",
      tags: { Stage: "play" },
    }),
  },
  fails: { "a burstable one": [resource(types.instance, { instanceClass: "db.t4g.medium", tags: live }), "db.t4g"] },
};
`,
  "require-payments-cost-centre.js": `const { defineRule, resource, types } = require("shipshape/guardrails");

const rule = defineRule({
  id: "require-payments-cost-centre",
  title: "Databases of payments are on a cost centre of payments",
  severity: "medium",
  owner: "payments-team",
  controls: [],
  properties: ["tags"],
  why: "What is on another cost centre is paid by a team that does not know about it.",
  solution: "Set costCenter to one that begins with CC-1.",
  types: types.databases,
  *check(database, { standard: { tags } }) {
    const found = database.tag(tags.costCenter.key);
    if (database.tag(tags.owner.key) === "payments-team" && !found?.startsWith("CC-1"))
      yield { property: "tags", found, allowed: "CC-1…", change: "set costCenter" };
  },
});
const of = (CostCentre) => resource(types.instance, { tags: { Team: "payments-team", CostCentre } });
module.exports = { rule, claims: { passes: { "its own": of("CC-12345") }, fails: { "another's": [of("CC-20000"), "CC-1"] } } };
`,
};

/** A folder with that standard and those rules, and the `shipshape.yaml` that names them. */
export function companyFolder(text = company): { folder: string; file: string; configuration: string } {
  const folder = mkdtempSync(join(tmpdir(), "shipshape-standard-"));
  const file = join(folder, "standard.yaml");
  writeFileSync(file, text);
  mkdirSync(join(folder, "rules"));
  for (const [name, rule] of Object.entries(companyRules)) writeFileSync(join(folder, "rules", name), rule);
  const configuration = join(folder, "shipshape.yaml");
  writeFileSync(configuration, "standard: standard.yaml\nguardrails:\n  rules: rules\n");
  return { folder, file, configuration };
}

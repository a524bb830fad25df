import { mkdtempSync, writeFileSync } from "node:fs";
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

/** A folder with that standard, and the `shipshape.yaml` that names it. */
export function companyFolder(text = company): { folder: string; file: string } {
  const folder = mkdtempSync(join(tmpdir(), "shipshape-standard-"));
  const file = join(folder, "standard.yaml");
  writeFileSync(file, text);
  writeFileSync(join(folder, "shipshape.yaml"), "standard: standard.yaml\n");
  return { folder, file };
}

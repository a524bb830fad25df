import { builtIn } from "../../../../components/standards/built-in";
import { auditStillHolds, planBackupAudit } from "../../../../automation/operations/backup-audit/plan";
import { backupAuditRequest } from "../../../../automation/operations/backup-audit/request";
import { source } from "./audits";

const request = { database: "orders-staging" };
const planned = (tags: Record<string, string>) => planBackupAudit(request, { ...source, tags }, builtIn);

test("backups are held to what the tier means in the environment", () => {
  expect(planned({ tier: "silver", environment: "production" })).toMatchObject({
    target: "orders-staging",
    database: { resourceId: "db-ORDERS", account: "123456789012", region: "eu-central-1" },
    evidenceValidDays: 30,
    tier: "silver",
    environment: "production",
    objectives: { backupRetentionDays: 14, rpoSeconds: 600, drillEveryDays: 30, backupPlan: "vault" },
  });
  expect(planned({ tier: "silver", environment: "staging" }).objectives).toMatchObject({
    backupRetentionDays: 7,
    backupPlan: "none",
  });
});

test.each<Record<string, string>>([{}, { tier: "platinum", environment: "qa" }])(
  "a database with the tags %j is judged as production gold",
  (tags) => {
    expect(planned(tags)).toMatchObject({
      tier: "gold",
      environment: "production",
      objectives: { backupRetentionDays: 35, drillEveryDays: 7, backupPlan: "vault-and-copy" },
    });
  },
);

test("a plan holds until the database is recreated or gets other tags", () => {
  const plan = planned(source.tags);
  expect(auditStillHolds(plan, { ...source, tags: { ...source.tags } })).toBe(true);
  expect(auditStillHolds(plan, { ...source, resourceId: "db-ANOTHER" })).toBe(false);
  expect(auditStillHolds(plan, { ...source, tags: { ...source.tags, tier: "silver" } })).toBe(false);
});

test("a request names one database, by its identifier", () => {
  expect(backupAuditRequest.safeParse(request).success).toBe(true);
  for (const refused of [{}, { database: "Orders" }, { database: "a".repeat(64) }, { ...request, all: true }])
    expect(backupAuditRequest.safeParse(refused).success).toBe(false);
});

import type { FoundVersion } from "../../../../automation/operations/database-patch/outcome";
import {
  planRehearsal,
  rehearsalStillHolds,
  type ObservedRehearsal,
} from "../../../../automation/operations/patch-rehearsal/plan";
import { verifyRehearsal } from "../../../../automation/operations/patch-rehearsal/verify";
import { builtIn } from "../../../../components/standards/built-in";

const request = { database: "orders-production", to: "17.10" };
const observed = (more: Partial<ObservedRehearsal> = {}, source: object = {}): ObservedRehearsal => ({
  source: {
    ...{ observedAt: "2026-11-28T03:00:00.000Z", identifier: "orders-production", resourceId: "db-1" },
    ...{ arn: "arn:aws:rds:eu-central-1:123456789012:db:orders-production", databaseName: "orders" },
    ...{ engineVersion: "17.9", instanceClass: "db.m7g.large", allocatedStorageGib: 100, keyArn: undefined },
    ...{ parameterGroupName: "standard-17", subnetGroupName: "databases", backupRetentionDays: 14 },
    ...{ engineLifecycleSupport: "open-source-rds-extended-support-disabled", snapshot: null, assertions: [] },
    ...{ latestRestorableTime: "2026-11-28T02:58:10.700Z", isolationSecurityGroupIds: ["sg-9"], secretsProvider: null },
    tags: { tier: "gold", environment: "production", owner: "team-orders" },
    ...source,
  },
  offered: { targets: { "17.9": [{ version: "17.10", isMajor: false }] }, support: {} },
  declaredExtensions: ["pgcrypto", "pg_trgm"],
  ...more,
});
const plan = (given = observed()) => planRehearsal(request, given, "r1", builtIn);

test("the copy is isolated, tagged, of the source's class, and expires", () => {
  const { rehearsed, restoreTime, throwaway } = plan();
  expect(rehearsed).toEqual({
    ...{ from: "17.9", to: "17.10", instanceClass: "db.m7g.large", extensions: ["pg_trgm", "pgcrypto"] },
  });
  expect(restoreTime).toBe("2026-11-28T02:58:10.000Z");
  expect(throwaway).toMatchObject({
    ...{ identifier: "rehearsal-r1", instanceClass: "db.m7g.large", securityGroupIds: ["sg-9"] },
    tags: { "shipshape:run": "r1", "shipshape:purpose": "patch-rehearsal" },
  });
});

test.each([
  ["a version that RDS does not upgrade to", { offered: { targets: {}, support: {} } }, {}],
  ["another major", { offered: { targets: { "17.9": [{ version: "17.10", isMajor: true }] }, support: {} } }, {}],
  ["a database without backups", {}, { latestRestorableTime: null }],
  ["a database that no stack declares", { declaredExtensions: null }, {}],
])("%s is not rehearsed", (_, more, source) => {
  expect(() => plan(observed(more, source))).toThrow(/cannot be rehearsed/);
});

test("a plan holds while only time passes, and not when what it speaks for has changed", () => {
  const later = observed(
    {},
    { observedAt: "2026-11-28T04:00:00.000Z", latestRestorableTime: "2026-11-28T03:58:00.000Z" },
  );
  expect(rehearsalStillHolds(plan(), later, builtIn)).toBe(true);
  for (const other of [
    observed({ declaredExtensions: ["pgcrypto"] }),
    observed({}, { instanceClass: "db.m7g.xlarge" }),
    observed({}, { resourceId: "db-2" }),
    observed({}, { observedAt: "2026-11-28T23:00:00.000Z" }),
  ])
    expect(rehearsalStillHolds(plan(), other, builtIn)).toBe(false);
});

test("a copy that was patched well passes with its downtime; what was not seen is not measured", () => {
  const found = (version: string, invalidIndexes = 0): FoundVersion => ({
    api: { version, status: "available", pending: [] },
    server: { serverVersion: version, invalidIndexes, extensionsBehind: [], rowsChanged: 0 },
  });
  const verdict = (downtimeSeconds: number | null, after = found("17.10")) =>
    verifyRehearsal(plan(), { before: found("17.9"), found: after, downtimeSeconds }).verdict;
  expect(verdict(1.3)).toBe("pass");
  expect(verdict(null)).toBe("inconclusive");
  expect(verdict(1.3, found("17.9"))).toBe("fail");
  expect(verdict(1.3, found("17.10", 1))).toBe("fail");
  expect(verifyRehearsal(plan(), { notRestored: "incompatible-restore", downtimeSeconds: null }).verdict).toBe("fail");
});

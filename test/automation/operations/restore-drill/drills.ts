import { builtIn } from "../../../../components/standards/built-in";
import type { ObservedSource } from "../../../../automation/operations/restore-drill/plan";
import { planRestoreDrill } from "../../../../automation/operations/restore-drill/plan";
import type { Found, RestoreDrillOutcome } from "../../../../automation/operations/restore-drill/outcome";
import { verifyRestoreDrill } from "../../../../automation/operations/restore-drill/verify";
import type { Check } from "../../../../automation/records";
import type { CatalogInventory } from "../../../../automation/targets/catalog-inventory";

export const source: ObservedSource = {
  observedAt: "2026-03-01T10:00:00.000Z",
  identifier: "orders-production",
  arn: "arn:aws:rds:eu-central-1:123456789012:db:orders-production",
  resourceId: "db-ORDERS",
  databaseName: "orders",
  engineVersion: "17.10",
  instanceClass: "db.m7g.large",
  allocatedStorageGib: 100,
  parameterGroupName: "shipshape-postgres17-standard",
  subnetGroupName: "shipshape-databases",
  keyArn: "arn:aws:kms:eu-central-1:123456789012:key/1",
  engineLifecycleSupport: "open-source-rds-extended-support-disabled",
  latestRestorableTime: "2026-03-01T09:56:00.000Z",
  backupRetentionDays: 35,
  tags: {
    service: "orders",
    owner: "team-orders",
    environment: "production",
    tier: "gold",
    "data-classification": "confidential",
    "cost-center": "4711",
  },
  isolationSecurityGroupIds: ["sg-0150a7ed000000001"],
  secretsProvider: "awskms://alias/state?region=eu-central-1",
  snapshot: null,
  assertions: [],
};

export const request = { database: "orders-production" };
export const plan = planRestoreDrill(request, source, "260301100000-aaaaaaaa", builtIn);

export const inventory = (differing: Record<string, string> = {}): CatalogInventory => {
  const digests = { relation: "r", column: "c", routine: "p", ...differing };
  return { digest: JSON.stringify(digests), counts: { relation: 2, column: 5, routine: 1 }, digests };
};

const none = { count: 0, bytes: 0, named: [] };
const before = {
  name: "before",
  committedAt: "2026-03-01T10:00:01.500000Z",
  writtenAt: "2026-03-01T10:00:01.400000Z",
  transaction: "800",
};
const after = {
  name: "after",
  committedAt: "2026-03-01T10:00:06.100000Z",
  writtenAt: "2026-03-01T10:00:06.000000Z",
  transaction: "802",
};

/** A drill without any failure. */
export const good = {
  phases: [],
  notRestorable: null,
  recoveryTarget: "2026-03-01T10:00:04.000Z",
  markers: { before, after, beforeAgain: before },
  restore: {
    succeeded: true,
    askedAt: "2026-03-01T10:06:00.000Z",
    firstQueryAt: "2026-03-01T10:16:00.000Z",
    endpoint: "drill:5432",
    resourceId: "db-COPY",
  },
  found: {
    markers: [before],
    recoveryPoint: {
      lastCommitAt: "2026-03-01T10:00:03.000000Z",
      lsn: "0/1",
      timeline: 2,
      serverVersion: "17.10",
      nextTransaction: "802",
    },
    witnesses: {
      before: { committedAt: before.committedAt, inCopyAt: before.committedAt },
      after: { committedAt: after.committedAt, inCopyAt: null },
    },
    structure: {
      available: true,
      relationsChecked: 280,
      bytesChecked: 1_000_000,
      damages: [],
      left: none,
      unread: none,
      unreadBytesVerified: 0,
      verified: [],
      structureOnly: none,
      skipped: none,
      database: "orders",
      otherDatabases: [],
    },
    source: { before: inventory(), after: inventory() },
    catalog: { restored: inventory(), missing: [], losses: null },
    sequences: { sequences: 2, comparedWithSource: 1, behindSource: [], behindRows: [], unreadable: [] },
    assertions: {},
  },
} satisfies RestoreDrillOutcome;

/** A drill that found this, and is good otherwise. */
export const found = (differing: Partial<Found>): RestoreDrillOutcome => ({
  ...good,
  found: { ...good.found, ...differing },
});

export const judged = (outcome: RestoreDrillOutcome, itsPlan = plan) => {
  const { verdict, checks } = verifyRestoreDrill(itsPlan, outcome);
  return { verdict, checks, check: (name: string) => checks.find((c) => c.name === name) as Check };
};

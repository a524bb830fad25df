/**
 * Shipshape's own standard: what a tier, a size, an environment and a version of PostgreSQL mean where a company's
 * standard says nothing else.
 *
 * Editing a figure changes every database at its next `up`. So each edit bumps `version` (major: a database may be
 * replaced or restarted; minor: something is added or tightened; patch: wording) and has a line in CHANGELOG.md.
 * Figures without a source are our own choices; the others name their source.
 */
import { standardParameters } from "./parameters";
import { allowedExtensions, defaultExtensions, roleStandards } from "./roles";
import { standardOf, type StandardContent, type TierStandard } from "./standard";

/**
 * RPO is 600 s for all: RDS ships its log every five minutes, so an objective of 300 s would fail even if nothing is
 * wrong. 35 days is the longest RDS keeps automated backups (RDS User Guide, "Backup retention period"). Reading is the
 * cost of a drill: the copy's blocks come from S3. A change by hand is found within a working shift where it matters
 * most, and within a day everywhere.
 */
const gold: TierStandard = {
  rpoSeconds: 600,
  rtoSeconds: 3_600,
  backupRetentionDays: 35,
  multiAz: true,
  drillEveryDays: 7,
  driftEveryHours: 6,
  ring: 3,
  monitoringIntervalSeconds: 15,
  backupPlan: "vault-and-copy",
  protected: true,
  retainAutomatedBackups: true,
  unprovenRecovery: "denied",
  drillReading: { hoursMax: 4, tebibytesMax: 4, coveragePercent: 95 },
  alarms: {
    cpuPercent: 80,
    freeStoragePercent: 10,
    freeMemoryPercent: 10,
    connectionsPercent: 80,
    latencyMilliseconds: 20,
  },
};
const silver: TierStandard = {
  ...gold,
  rtoSeconds: 14_400,
  backupRetentionDays: 14,
  drillEveryDays: 30,
  driftEveryHours: 12,
  ring: 2,
  monitoringIntervalSeconds: 60,
  backupPlan: "vault",
  unprovenRecovery: "owner-approves",
  drillReading: { hoursMax: 2, tebibytesMax: 2, coveragePercent: 80 },
  alarms: { ...gold.alarms, cpuPercent: 90, latencyMilliseconds: 50 },
};
const bronze: TierStandard = {
  ...silver,
  rtoSeconds: 86_400,
  backupRetentionDays: 7,
  multiAz: false,
  drillEveryDays: 90,
  driftEveryHours: 24,
  ring: 1,
  backupPlan: "none",
  unprovenRecovery: "allowed",
  drillReading: { hoursMax: 1, tebibytesMax: 1, coveragePercent: 60 },
};

/**
 * Outside production the tier keeps its objectives, but not the costly means to meet them: no one is woken for staging.
 */
const elsewhere = (production: TierStandard, isProtected = true): TierStandard => ({
  ...production,
  backupRetentionDays: 7,
  multiAz: false,
  drillEveryDays: 90,
  ring: 0,
  monitoringIntervalSeconds: 60,
  backupPlan: "none",
  protected: isProtected,
  retainAutomatedBackups: false,
  unprovenRecovery: "allowed",
});

const content: StandardContent = {
  name: "shipshape",
  version: "1.2.0",
  tiers: {
    gold: { production: gold, elsewhere: elsewhere(gold) },
    silver: { production: silver, elsewhere: elsewhere(silver) },
    bronze: { production: bronze, elsewhere: elsewhere(bronze, false) },
  },
  tierOrder: ["gold", "silver", "bronze"],
  sizes: {
    small: {
      instanceClass: "db.t4g.medium",
      vcpus: 2,
      memoryGib: 4,
      burstableCpu: true,
      allocatedGib: 20,
      capGib: 100,
    },
    medium: {
      instanceClass: "db.m7g.large",
      vcpus: 2,
      memoryGib: 8,
      burstableCpu: false,
      allocatedGib: 100,
      capGib: 500,
    },
    large: {
      instanceClass: "db.r7g.xlarge",
      vcpus: 4,
      memoryGib: 32,
      burstableCpu: false,
      allocatedGib: 500,
      capGib: 2_000,
    },
    xlarge: {
      instanceClass: "db.r7g.4xlarge",
      vcpus: 16,
      memoryGib: 128,
      burstableCpu: false,
      allocatedGib: 2_000,
      capGib: 8_000,
    },
  },
  environments: { production: "production", staging: "staging", development: "development" },
  dataClassifications: ["public", "internal", "confidential", "restricted"],
  tags: {
    service: { key: "service" },
    owner: { key: "owner" },
    environment: { key: "environment" },
    tier: { key: "tier" },
    dataClassification: { key: "data-classification" },
    costCenter: { key: "cost-center" },
  },
  alsoTags: {},
  birth: {
    identifier: "{service}-{environment}",
    // With only service and role, two databases of a service would collide.
    secrets: "shipshape/{service}/{environment}/{database}/{role}",
    // Not `postgres`, `admin` or a reserved word, so that it is hard to guess (Security Hub RDS.25).
    masterUsername: "shipshape_admin",
    platform: "shipshape",
    database: "{service}",
    schema: "{database}",
    subnetGroup: "{platform}-databases",
    keyAlias: "{platform}-databases",
  },
  earlierBirths: [],
  // One night for each ring, a night apart and before a working day, so that a ring bakes for a day before the next. We
  // schedule nothing else between 02:00 and 04:00: backups start in `backupHours`, backup plans at
  // `backupPlanSchedule`.
  windows: {
    0: "mon:02:00-mon:04:00",
    1: "tue:02:00-tue:04:00",
    2: "wed:02:00-wed:04:00",
    3: "thu:02:00-thu:04:00",
  },
  regions: {},
  postgres: {
    // Older minors miss fixes of the out-of-cycle release of 26 February 2026 (postgresql.org/support/security). The
    // days are the community's last releases of each major (postgresql.org/support/versioning): no fixes exist after.
    majors: {
      16: { minimumMinor: 13, approvedUntil: "2028-11-09" },
      17: { minimumMinor: 9, approvedUntil: "2029-11-08" },
      18: { minimumMinor: 3, approvedUntil: "2030-11-14" },
    },
    default: 17,
    parameters: [...standardParameters],
    extensions: { allowed: [...allowedExtensions], default: [...defaultExtensions] },
  },
  roles: roleStandards,
  // Production: a year, as PCI DSS 4.0 requirement 10.5.1 requires for audit logs. Elsewhere: the 30 days the guardrail
  // requires.
  logs: { retentionDays: { production: 365, elsewhere: 30 } },
  belowFloor: [],
};

export const builtIn = standardOf(content);

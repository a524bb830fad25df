import type { DatabaseRequest } from "../../components";

/**
 * The standard's table of tiers and environments, written out a second time, so that a mistake in built-in.ts is not
 * repeated here.
 */
export interface StandardRow {
  tier: DatabaseRequest["tier"];
  environment: DatabaseRequest["environment"];
  retentionDays: number;
  multiAz: boolean;
  monitoringSeconds: number;
  ring: number;
  backupPlan: string;
  /** Deletion protection, Pulumi's protection and a final snapshot. */
  kept: boolean;
  retained: boolean;
  drillDays: number;
}

const beyondProduction = {
  retentionDays: 7,
  multiAz: false,
  monitoringSeconds: 60,
  ring: 0,
  backupPlan: "none",
  retained: false,
  drillDays: 90,
};
export const standardRows: StandardRow[] = [
  {
    tier: "gold",
    environment: "production",
    retentionDays: 35,
    multiAz: true,
    monitoringSeconds: 15,
    ring: 3,
    backupPlan: "vault-and-copy",
    kept: true,
    retained: true,
    drillDays: 7,
  },
  {
    tier: "silver",
    environment: "production",
    retentionDays: 14,
    multiAz: true,
    monitoringSeconds: 60,
    ring: 2,
    backupPlan: "vault",
    kept: true,
    retained: true,
    drillDays: 30,
  },
  {
    tier: "bronze",
    environment: "production",
    retentionDays: 7,
    multiAz: false,
    monitoringSeconds: 60,
    ring: 1,
    backupPlan: "none",
    kept: true,
    retained: true,
    drillDays: 90,
  },
  ...(["staging", "development"] as const).flatMap((environment): StandardRow[] => [
    { tier: "gold", environment, kept: true, ...beyondProduction },
    { tier: "silver", environment, kept: true, ...beyondProduction },
    { tier: "bronze", environment, kept: false, ...beyondProduction },
  ]),
];

export const maintenanceWindowOfRing: Record<number, string> = {
  0: "mon:02:00-mon:04:00",
  1: "tue:02:00-tue:04:00",
  2: "wed:02:00-wed:04:00",
  3: "thu:02:00-thu:04:00",
};

import { majorOf, type Found } from "./found-properties";
import type { DecidedProperties } from "./decided-properties";

/**
 * How an existing database gets the standard's value once its own is removed from `asFound`. What begins with "needs:"
 * an `up` never does. "at the next restart": the `up` sets it, and a restart that someone else makes puts it in effect.
 */
export type Heals =
  | "at once"
  | "in the window"
  | "with a restart"
  | "with a restart at once"
  | "at the next restart"
  | "needs: replacement by restore"
  | "needs: dump and load"
  | "needs: a major upgrade"
  | "needs: a larger size"
  | "needs: a call by hand";

/** Where an existing database does not (yet) follow the standard. */
export interface Deviation {
  /** Its name in `existing.asFound`. */
  property: string;
  heals: Heals;
}

type Rule<Name extends keyof Found> =
  Heals | ((found: NonNullable<Found[Name]> | null, standard: DecidedProperties) => Heals);

/**
 * From the RDS User Guide, "Settings for DB instances" (what waits for the window, what interrupts), for a change
 * without ApplyImmediately.
 */
const rules: { [Name in keyof Required<Found>]: Rule<Name> } = {
  allocatedStorage: (found, standard) =>
    (found ?? 0) > standard.allocatedStorage ? "needs: a larger size" : "in the window",
  autoMinorVersionUpgrade: "at once",
  availabilityZone: "at once",
  // The first backup interrupts for seconds.
  backupRetentionPeriod: (found) => (found === 0 ? "with a restart" : "at once"),
  backupWindow: "at once",
  caCertIdentifier: "with a restart",
  copyTagsToSnapshot: "at once",
  databaseInsightsMode: "at once",
  dbName: "needs: dump and load",
  dbSubnetGroupName: "needs: replacement by restore",
  deleteAutomatedBackups: "at once",
  deletionProtection: "at once",
  enabledCloudwatchLogsExports: "at once",
  // RDS takes it, but the provider does not send it.
  engineLifecycleSupport: "needs: a call by hand",
  engineVersion: "with a restart",
  finalSnapshotIdentifier: "at once",
  iamDatabaseAuthenticationEnabled: "in the window",
  instanceClass: "with a restart",
  iops: "in the window",
  kmsKeyId: "needs: replacement by restore",
  maintenanceWindow: "at once",
  manageMasterUserPassword: "at once",
  // RDS never changes it while it manages the password.
  masterUserSecretKmsKeyId: (found) => (found === null ? "at once" : "needs: a call by hand"),
  maxAllocatedStorage: "at once",
  monitoringInterval: "at once",
  monitoringRoleArn: "at once",
  multiAz: "in the window",
  networkType: "in the window",
  // RDS attaches it at once and restarts nothing: its parameters take effect when someone restarts the database.
  parameterGroupName: "at the next restart",
  performanceInsightsEnabled: "at once",
  performanceInsightsKmsKeyId: (found) => (found === null ? "at once" : "needs: replacement by restore"),
  performanceInsightsRetentionPeriod: "at once",
  // Not in the window, whatever was asked for.
  port: "with a restart at once",
  publiclyAccessible: "at once",
  skipFinalSnapshot: "at once",
  storageEncrypted: "needs: replacement by restore",
  storageThroughput: "in the window",
  storageType: (found) => (found === "standard" ? "with a restart" : "in the window"),
  tags: "at once",
  // A restored database keeps it.
  username: "needs: dump and load",
  vpcSecurityGroupIds: "at once",
};

/** What is left to do for each property that is as found, by name. */
export function deviationsOf(found: Found, standard: DecidedProperties, postgresMajor: number): Deviation[] {
  return (Object.keys(found) as (keyof Found)[]).sort().map((property) => {
    const rule = rules[property] as Rule<"port">;
    const heals = typeof rule === "function" ? rule(found[property] as number, standard) : rule;
    const upgrade = property === "engineVersion" && majorOf(found.engineVersion ?? "") !== postgresMajor;
    return { property, heals: upgrade ? "needs: a major upgrade" : heals };
  });
}

/**
 * How an `up` changes one property of an instance from what it is to what is declared. What is not known here may
 * restart it.
 */
export function healsFrom(
  property: string,
  found: unknown,
  declared: Pick<DecidedProperties, "allocatedStorage">,
): Heals {
  if (!Object.hasOwn(rules, property)) return "with a restart";
  const rule = rules[property as keyof Found] as Heals | ((found: unknown, declared: unknown) => Heals);
  return typeof rule === "function" ? rule(found, declared) : rule;
}

import {
  caCertificate,
  engineLifecycleSupport,
  exportedLogs,
  performanceInsightsRetentionDays,
} from "./standards/fixed";

/** What a standard shape says about its instance. */
interface Decisions {
  instanceClass: string;
  allocatedStorageGib: number;
  storageCapGib: number;
  multiAz: boolean;
  backupRetentionDays: number;
  backupWindow: string;
  maintenanceWindow: string;
  retainAutomatedBackups: boolean;
  finalSnapshot: boolean;
  deletionProtection: boolean;
  monitoringIntervalSeconds: number;
}

/**
 * The properties of `aws.rds.Instance` that the standard decides alone. The other ones come from the platform and from
 * the database's other resources.
 */
export function decidedProperties(shape: Decisions) {
  return {
    engineLifecycleSupport,
    // Rings (planned) own versions: a documented deviation from Security Hub RDS.13, see docs/decisions/0005.
    autoMinorVersionUpgrade: false,
    instanceClass: shape.instanceClass,
    storageType: "gp3",
    allocatedStorage: shape.allocatedStorageGib,
    maxAllocatedStorage: shape.storageCapGib,
    storageEncrypted: true,
    iamDatabaseAuthenticationEnabled: true,
    publiclyAccessible: false,
    networkType: "IPV4",
    caCertIdentifier: caCertificate,
    multiAz: shape.multiAz,
    backupRetentionPeriod: shape.backupRetentionDays,
    backupWindow: shape.backupWindow,
    maintenanceWindow: shape.maintenanceWindow,
    copyTagsToSnapshot: true,
    deleteAutomatedBackups: !shape.retainAutomatedBackups,
    skipFinalSnapshot: !shape.finalSnapshot,
    deletionProtection: shape.deletionProtection,
    monitoringInterval: shape.monitoringIntervalSeconds,
    databaseInsightsMode: "standard",
    performanceInsightsEnabled: true,
    performanceInsightsRetentionPeriod: performanceInsightsRetentionDays,
    enabledCloudwatchLogsExports: [...exportedLogs] as string[],
  };
}

export type DecidedProperties = ReturnType<typeof decidedProperties>;

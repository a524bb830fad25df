import { AwsError } from "../../wire/aws-error";
import { findInstanceClass } from "./instance-classes";
import { parseBackupWindow, parseMaintenanceWindow, windowsOverlap } from "./windows";

/**
 * What RDS refuses in an instance's settings, checked singly or together, whatever the call. Each throws RDS's error;
 * all are pure.
 */

const invalid = (message: string): AwsError => new AwsError("InvalidParameterValue", message);
const clash = (message: string): AwsError => new AwsError("InvalidParameterCombination", message);

export function checkIdentifier(kind: string, identifier: string, lengthMax: number): void {
  const wellFormed = /^[A-Za-z](-?[A-Za-z0-9])*$/.test(identifier) && identifier.length <= lengthMax;
  if (!wellFormed) {
    throw invalid(
      `the ${kind} '${identifier.slice(0, 300)}' is not valid: it has 1 to ${lengthMax} letters, digits and hyphens, begins with a letter, does not end with a hyphen and has no two hyphens in a row`,
    );
  }
}

/** Names PostgreSQL or RDS reserves (RDS User Guide, "DB instance settings": master username). */
const reservedMasterNames = [
  "admin",
  "rdsadmin",
  "rds_superuser",
  "rds_replication",
  "rds_iam",
  "rds_password",
  "rds_extension",
  "rdsrepladmin",
  "rdstopmgr",
  "rds_ad",
];
const reservedWords = [
  "all",
  "analyse",
  "analyze",
  "and",
  "any",
  "as",
  "check",
  "column",
  "create",
  "default",
  "else",
  "end",
  "for",
  "from",
  "grant",
  "group",
  "in",
  "into",
  "not",
  "null",
  "on",
  "or",
  "order",
  "primary",
  "public",
  "references",
  "select",
  "session_user",
  "table",
  "to",
  "true",
  "union",
  "unique",
  "user",
  "using",
  "when",
  "where",
  "with",
];

export function checkMasterUsername(name: string): void {
  if (!/^[A-Za-z_][A-Za-z0-9_]{0,62}$/.test(name))
    throw invalid(
      `MasterUsername '${name.slice(0, 100)}' is not valid: it has 1 to 63 letters, digits and underscores and begins with a letter or an underscore`,
    );
  const lower = name.toLowerCase();
  if (lower.startsWith("pg_") || reservedMasterNames.includes(lower) || reservedWords.includes(lower)) {
    throw invalid(`MasterUsername ${name} cannot be used as it is a reserved word used by the engine`);
  }
}

export function checkPassword(password: string): void {
  if (password.length < 8 || password.length > 128)
    throw invalid("the parameter MasterUserPassword is not a valid password: it has 8 to 128 characters");
  if (!/^[!-~]+$/.test(password) || /[/"@]/.test(password))
    throw invalid(
      `the parameter MasterUserPassword is not a valid password: only printable ASCII characters besides '/', '@', '"' and ' ' may be used`,
    );
}

export function checkDatabaseName(name: string): void {
  if (!/^[A-Za-z_][A-Za-z0-9_]{0,62}$/.test(name))
    throw invalid(
      `DBName '${name.slice(0, 100)}' is not valid: it has 1 to 63 letters, digits and underscores and begins with a letter or an underscore`,
    );
  if (["postgres", "rdsadmin", "template0", "template1", ...reservedWords].includes(name.toLowerCase()))
    throw invalid(`DBName ${name} cannot be used as it is a reserved word used by the engine`);
}

export function checkInstanceClass(name: string): void {
  if (!findInstanceClass(name))
    throw invalid(`invalid DB instance class: ${name}; DescribeOrderableDBInstanceOptions lists those available`);
}

/** @param given the resulting values, with defaults filled in */
export function checkWindows(given: { PreferredBackupWindow?: string; PreferredMaintenanceWindow?: string }): void {
  const backup = given.PreferredBackupWindow === undefined ? undefined : parseBackupWindow(given.PreferredBackupWindow);
  const maintenance =
    given.PreferredMaintenanceWindow === undefined
      ? undefined
      : parseMaintenanceWindow(given.PreferredMaintenanceWindow);
  if (typeof backup === "string") throw invalid(backup);
  if (typeof maintenance === "string") throw invalid(maintenance);
  if (backup && maintenance && windowsOverlap(backup, maintenance)) {
    throw invalid(
      `the backup window and maintenance window must not overlap: ${given.PreferredBackupWindow} overlaps ${given.PreferredMaintenanceWindow}`,
    );
  }
}

export function checkBackupRetention(days: number | undefined): void {
  if (days !== undefined && (days < 0 || days > 35))
    throw invalid(`invalid backup retention period: ${days}. Retention period must be between 0 and 35`);
}

const monitoringIntervals = [0, 1, 5, 10, 15, 30, 60];

/** @param given the resulting values */
export function checkMonitoring(given: { MonitoringInterval: number; MonitoringRoleArn?: string }): void {
  if (!monitoringIntervals.includes(given.MonitoringInterval))
    throw invalid(
      `invalid MonitoringInterval: ${given.MonitoringInterval}; valid values are ${monitoringIntervals.join(", ")}`,
    );
  if (given.MonitoringInterval > 0 && !given.MonitoringRoleArn)
    throw clash("a MonitoringRoleARN value is required if you specify a MonitoringInterval value other than 0");
  if (given.MonitoringInterval === 0 && given.MonitoringRoleArn)
    throw clash("you must specify a MonitoringInterval value other than 0 when you specify a MonitoringRoleARN value");
}

/** 7 days, whole months of 31 days up to 23, or two years (API reference, PerformanceInsightsRetentionPeriod). */
const insightsRetentions = [7, ...Array.from({ length: 23 }, (_value, index) => (index + 1) * 31), 731];
const advancedInsightsRetentionMin = 465;

/** @param given the resulting values */
export function checkInsights(given: {
  DatabaseInsightsMode: string;
  PerformanceInsightsEnabled: boolean;
  PerformanceInsightsRetentionPeriod?: number;
  PerformanceInsightsKMSKeyId?: string;
}): void {
  const days = given.PerformanceInsightsRetentionPeriod;
  if (!["standard", "advanced"].includes(given.DatabaseInsightsMode))
    throw invalid(`invalid DatabaseInsightsMode: ${given.DatabaseInsightsMode}; valid values are standard, advanced`);
  if (!given.PerformanceInsightsEnabled) {
    if (days !== undefined || given.PerformanceInsightsKMSKeyId !== undefined)
      throw clash("PerformanceInsightsRetentionPeriod and PerformanceInsightsKMSKeyId need EnablePerformanceInsights");
    if (given.DatabaseInsightsMode === "advanced")
      throw clash("the advanced mode of Database Insights needs EnablePerformanceInsights");
    return;
  }
  if (days !== undefined && !insightsRetentions.includes(days))
    throw invalid(
      `invalid PerformanceInsightsRetentionPeriod: ${days}; valid values are 7, a multiple of 31 up to 713, and 731`,
    );
  if (given.DatabaseInsightsMode === "advanced" && (days ?? 7) < advancedInsightsRetentionMin)
    throw clash(
      `the advanced mode of Database Insights needs a PerformanceInsightsRetentionPeriod of at least ${advancedInsightsRetentionMin} days`,
    );
}

const exportableLogs = ["postgresql", "upgrade", "iam-db-auth-error"];

export function checkLogExports(types: string[]): void {
  const unknown = types.filter((type) => !exportableLogs.includes(type));
  if (unknown.length > 0)
    throw clash(
      `you cannot use the log types '${unknown.join(", ")}' with engine version postgres; those it has are ${exportableLogs.join(", ")}`,
    );
}

export function checkCertificateAuthority(identifier: string): void {
  if (!certificateAuthorities.includes(identifier))
    throw new AwsError(
      "CertificateNotFound",
      `the certificate authority '${identifier}' is not known; known are ${certificateAuthorities.join(", ")}`,
    );
}

export const certificateAuthorities = ["rds-ca-rsa2048-g1", "rds-ca-rsa4096-g1", "rds-ca-ecc384-g1"];
export const defaultCertificateAuthority = "rds-ca-rsa2048-g1";

/** Settings that take one of a few values. */
export function checkWords(
  given: {
    EngineLifecycleSupport?: string;
    NetworkType?: string;
    BackupTarget?: string;
    LicenseModel?: string;
    OptionGroupName?: string;
  },
  family: string,
): void {
  const words: [name: keyof typeof given, allowed: string[]][] = [
    ["EngineLifecycleSupport", ["open-source-rds-extended-support", "open-source-rds-extended-support-disabled"]],
    ["NetworkType", ["IPV4"]],
    ["BackupTarget", ["region"]],
    ["LicenseModel", ["postgresql-license"]],
    ["OptionGroupName", [`default:${family.replace("postgres", "postgres-")}`]],
  ];
  for (const [name, allowed] of words) {
    const value = given[name];
    if (value !== undefined && !allowed.includes(value))
      throw invalid(`invalid ${name}: ${value}; the embedded cloud has ${allowed.join(", ")}`);
  }
}

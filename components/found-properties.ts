import { z } from "zod";
import { text } from "./input-errors";
import { decidedProperties } from "./decided-properties";
import { performanceInsightsRetentionDays, stripedStorage } from "./standards/fixed";
import { tags } from "./tags";
import { backupWindowOf, maintenanceWindowOf, windowsMeet } from "./standards/windows";

const found = text("the value it has");
const whole = (min: number, max: number) => {
  const error = () => `give a whole number from ${min} to ${max}`;
  return z.int({ error }).min(min, { error }).max(max, { error });
};
const among = <const T extends string | number>(values: readonly T[]) => ({
  error: () => `give one of ${values.join(", ")}`,
});
const word = (...values: string[]) => found.refine((value) => values.includes(value), among(values));
const number = (...values: number[]) => z.int(among(values)).refine((value) => values.includes(value), among(values));
const form = (pattern: RegExp, rule: string) => found.regex(pattern, { error: () => rule });
const arnOf = (service: string) =>
  form(new RegExp(`^arn:aws[a-z-]*:${service}:[a-z0-9-]*:\\d{12}:.+$`), `give the ARN, arn:aws:${service}:…`);
export const sqlNamePattern = /^[A-Za-z_][A-Za-z0-9_]{0,62}$/;
const sqlName = form(sqlNamePattern, "give the SQL name it has");

/** With what RDS appends to the minors of Extended Support and to rebuilt ones: "13.20-rds.20250101", "17.2-R2". */
const foundVersion = /^(\d{2})\.(\d{1,2})(-[A-Za-z0-9.]{1,24})?$/;
export const majorOf = (version: string): number => Number(foundVersion.exec(version)?.[1]);
export const minorOf = (version: string): number => Number(foundVersion.exec(version)?.[2]);

/** Seven days, months of 31 days up to 23, or two years (RDS API reference, PerformanceInsightsRetentionPeriod). */
const insightsRetentions = [7, ...Array.from({ length: 23 }, (_, month) => (month + 1) * 31), 731];
const storageMinGib: Record<string, number> = { standard: 5, gp2: 5, gp3: 20, io1: 100, io2: 100 };
const storageMaxGib = 65_536;

/**
 * Properties of `aws.rds.Instance` in which an existing database may differ from the standard until it is brought in
 * line.
 */
const foundProperties = {
  allocatedStorage: whole(5, storageMaxGib),
  autoMinorVersionUpgrade: z.boolean(),
  availabilityZone: found,
  backupRetentionPeriod: whole(0, 35),
  backupWindow: found.refine((window) => backupWindowOf(window), {
    error: () => "give at least half an hour in UTC, such as 03:00-03:30",
  }),
  caCertIdentifier: word("rds-ca-rsa2048-g1", "rds-ca-rsa4096-g1", "rds-ca-ecc384-g1"),
  copyTagsToSnapshot: z.boolean(),
  databaseInsightsMode: word("standard", "advanced"),
  dbName: sqlName,
  dbSubnetGroupName: found,
  deleteAutomatedBackups: z.boolean(),
  deletionProtection: z.boolean(),
  enabledCloudwatchLogsExports: z.array(word("postgresql", "upgrade", "iam-db-auth-error")),
  engineLifecycleSupport: word("open-source-rds-extended-support", "open-source-rds-extended-support-disabled"),
  engineVersion: form(foundVersion, 'give the version that runs, such as "13.20"'),
  finalSnapshotIdentifier: found,
  iamDatabaseAuthenticationEnabled: z.boolean(),
  instanceClass: form(/^db\.[a-z0-9-]+\.[a-z0-9-]+$/, "give the class it has, such as db.m7g.large"),
  iops: whole(1_000, 256_000),
  kmsKeyId: arnOf("kms"),
  maintenanceWindow: found.refine((window) => maintenanceWindowOf(window), {
    error: () => "give half an hour to a day in UTC, such as sun:04:00-sun:04:30",
  }),
  manageMasterUserPassword: z.boolean(),
  masterUserSecretKmsKeyId: found,
  maxAllocatedStorage: whole(0, storageMaxGib),
  monitoringInterval: number(0, 1, 5, 10, 15, 30, 60),
  monitoringRoleArn: arnOf("iam"),
  multiAz: z.boolean(),
  networkType: word("IPV4", "DUAL"),
  parameterGroupName: found,
  performanceInsightsEnabled: z.boolean(),
  performanceInsightsKmsKeyId: arnOf("kms"),
  performanceInsightsRetentionPeriod: z
    .int({ error: () => "give whole days" })
    .refine((days) => insightsRetentions.includes(days), { error: () => "give 7, a multiple of 31 up to 713, or 731" }),
  port: whole(1_150, 65_535),
  publiclyAccessible: z.boolean(),
  skipFinalSnapshot: z.boolean(),
  storageEncrypted: z.boolean(),
  storageThroughput: whole(125, 4_000),
  storageType: word(...Object.keys(storageMinGib)),
  tags,
  username: sqlName,
  vpcSecurityGroupIds: z.array(form(/^sg-[0-9a-f]+$/, "give a security group id, such as sg-0a1b2c3d4e5f60001")),
} satisfies Record<string, z.ZodType>;

/** `null`: the database has none (no monitoring role, no key for Performance Insights). */
export const asFound = z
  .strictObject(
    Object.fromEntries(Object.entries(foundProperties).map(([name, type]) => [name, type.nullable()])) as {
      [Name in keyof typeof foundProperties]: z.ZodNullable<(typeof foundProperties)[Name]>;
    },
  )
  .partial();

/** With `null` for what the database lacks. */
export type Found = z.output<typeof asFound>;
type Name = keyof typeof foundProperties;
export const foundNames = Object.keys(foundProperties) as Name[];

type Shape = Parameters<typeof decidedProperties>[0] & { parameterGroupFamily: string; postgresMajor: number };

/** Contradictory values, each with what to give instead: RDS would refuse them in the middle of an `up`. */
export function contradictions(
  given: Found,
  shape: Shape,
  masterPassword: "managed" | "own",
): [name: Name, reason: string][] {
  const has: Found = {
    ...standardProperties(shape),
    manageMasterUserPassword: masterPassword === "managed",
    ...given,
  };
  const wrong: [applies: boolean, name: Name, reason: string][] = [
    ...ofStorage(has),
    ...ofMonitoring(has),
    ...ofWindows(has, given.maintenanceWindow === undefined ? "backupWindow" : "maintenanceWindow"),
    [
      Boolean(has.multiAz && has.availabilityZone),
      "availabilityZone",
      "omit it while multiAz is true: RDS chooses both zones, and a failover changes them",
    ],
    [
      !has.storageEncrypted && has.kmsKeyId !== null,
      "kmsKeyId",
      "give null, or name it in lacks, while storageEncrypted is false",
    ],
    [
      given.manageMasterUserPassword === true && masterPassword === "own",
      "manageMasterUserPassword",
      'cannot be true with masterPassword "own"; omit one of them',
    ],
    [
      !has.manageMasterUserPassword && Boolean(given.masterUserSecretKmsKeyId),
      "masterUserSecretKmsKeyId",
      "is only for a master password that RDS manages; omit it",
    ],
    [
      has.skipFinalSnapshot === false && has.finalSnapshotIdentifier === null,
      "finalSnapshotIdentifier",
      "give its name while skipFinalSnapshot is false: without one, RDS refuses to delete the database",
    ],
    [
      /^default\.postgres\d+$/.test(has.parameterGroupName ?? "") &&
        has.parameterGroupName !== `default.${shape.parameterGroupFamily}`,
      "parameterGroupName",
      `is for a major other than postgresMajor ${shape.postgresMajor}`,
    ],
  ];
  return wrong.flatMap(([applies, name, reason]) => (applies ? [[name, reason]] : []));
}

/** With placeholder text for what only the platform knows. */
function standardProperties(shape: Shape): Found {
  const ofThePlatform = "the platform's";
  return {
    ...decidedProperties(shape),
    finalSnapshotIdentifier: shape.finalSnapshot ? "the database's" : null,
    kmsKeyId: ofThePlatform,
    monitoringRoleArn: ofThePlatform,
    performanceInsightsKmsKeyId: ofThePlatform,
  };
}

type Rules = [applies: boolean, name: Name, reason: string][];

/** RDS User Guide, "Amazon RDS DB instance storage". */
function ofStorage({ storageType, allocatedStorage, maxAllocatedStorage, iops, storageThroughput }: Found): Rules {
  const [type, size, cap] = [storageType ?? "gp2", allocatedStorage ?? 0, maxAllocatedStorage ?? 0];
  const striped = type === "gp3" && size >= stripedStorage.fromGib;
  const fixed = !striped && !type.startsWith("io");
  const without = `omit it: RDS accepts none for ${type}${type === "gp3" ? ` below ${stripedStorage.fromGib} GiB` : ""}`;
  const min = storageMinGib[type] ?? 0;
  return [
    [size < min, "allocatedStorage", `RDS has no ${type} storage below ${min} GiB`],
    [
      cap !== 0 && cap < size,
      "maxAllocatedStorage",
      `give the cap it has, or 0 if storage does not grow: ${cap} GiB is less than the allocated ${size} GiB`,
    ],
    [fixed && Boolean(iops), "iops", without],
    [fixed && Boolean(storageThroughput), "storageThroughput", without],
    [
      striped && Boolean(iops) && !within(iops, stripedStorage.iops, 64_000),
      "iops",
      `give ${stripedStorage.iops} to 64000`,
    ],
    [
      striped && Boolean(storageThroughput) && !within(storageThroughput, stripedStorage.throughput, 4_000),
      "storageThroughput",
      `give ${stripedStorage.throughput} to 4000`,
    ],
    [type.startsWith("io") && !iops, "iops", `give the IOPS it has: ${type} storage requires them`],
  ];
}
const within = (value: number | null | undefined, min: number, max: number): boolean =>
  typeof value === "number" && value >= min && value <= max;

function ofMonitoring(has: Found): Rules {
  const advanced = has.databaseInsightsMode === "advanced";
  const insights = has.performanceInsightsEnabled ?? false;
  const off = "give null, or name it in lacks, while performanceInsightsEnabled is false";
  return [
    [
      !has.monitoringInterval && has.monitoringRoleArn !== null,
      "monitoringRoleArn",
      "give null, or name it in lacks, while monitoringInterval is 0: RDS then accepts no role",
    ],
    [
      Boolean(has.monitoringInterval) && has.monitoringRoleArn === null,
      "monitoringRoleArn",
      `cannot be null while monitoringInterval is ${has.monitoringInterval}`,
    ],
    [!insights && has.performanceInsightsRetentionPeriod !== null, "performanceInsightsRetentionPeriod", off],
    [!insights && has.performanceInsightsKmsKeyId !== null, "performanceInsightsKmsKeyId", off],
    [!insights && advanced, "databaseInsightsMode", "cannot be advanced while performanceInsightsEnabled is false"],
    [
      insights &&
        advanced &&
        (has.performanceInsightsRetentionPeriod ?? performanceInsightsRetentionDays) < advancedInsightsDaysMin,
      "performanceInsightsRetentionPeriod",
      `give ${advancedInsightsDaysMin} or more while databaseInsightsMode is advanced`,
    ],
  ];
}
const advancedInsightsDaysMin = 465;

function ofWindows({ backupWindow, maintenanceWindow }: Found, blamed: "backupWindow" | "maintenanceWindow"): Rules {
  const backup = backupWindowOf(backupWindow ?? "");
  const maintenance = maintenanceWindowOf(maintenanceWindow ?? "");
  const meet = backup !== undefined && maintenance !== undefined && windowsMeet(backup, maintenance);
  return [
    [
      meet,
      blamed,
      `the backup window ${backupWindow} and the maintenance window ${maintenanceWindow} overlap, which RDS refuses; give both as they are`,
    ],
  ];
}

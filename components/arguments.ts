import type * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { oneOf } from "./input-errors";
import { databaseNameOf, identifierLengthMax, identifierOf } from "./names";
import { allowedParameters } from "./parameters";
import { allowedExtensions, controlSchema, defaultExtensions, integritySchema, roleNames, type RoleName } from "./roles";
import { dataClassifications, defaultPostgresMajor, environments, postgresMajors, sizes, sizeStandards, tiers, versionStandards } from "./standards";

/** What a team writes that can be judged before anything runs. The schema is the source of the type, of the checks and of the words. */
const word = (what: string, pattern: RegExp, rule: string) => z.string({ error: () => `${what} is missing` }).regex(pattern, { error: () => rule });
const label = (what: string) => word(what, /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, "give lower-case words joined by single hyphens, starting with a letter");
const sqlName = (what: string) =>
  word(what, /^[a-z][a-z0-9_]{0,62}$/, "give a lower-case SQL name of 1 to 63 letters, digits and underscores, starting with a letter").refine(
    (name) => !reserved(name),
    { error: () => "is reserved by PostgreSQL, RDS or Shipshape; choose another name" },
  );

const reservedNames: ReadonlySet<string> = new Set([
  "postgres",
  "template0",
  "template1",
  "rdsadmin",
  "admin",
  "public",
  "all",
  "user",
  "default",
  "table",
  "select",
  "order",
  "group",
  "database",
  "information_schema",
  controlSchema,
  integritySchema,
]);
const reserved = (name: string) => reservedNames.has(name) || name.startsWith("pg_") || name.startsWith("rds");

const roleSettings = z.strictObject({
  /** `iam`: no password anywhere, a token of 15 minutes instead. The embedded cloud has no counterpart and refuses it. @default "password" */
  authentication: oneOf(["password", "iam"]).default("password"),
  /** Milliseconds, 0 = none. @default by role, see roles.ts */
  statementTimeoutMilliseconds: z
    .int({ error: () => "give whole milliseconds" })
    .min(0, { error: () => "give 0 (none) to 86400000" })
    .max(86_400_000, { error: () => "give 0 (none) to 86400000" })
    .optional(),
});

/** Properties of `aws.rds.Instance` that an existing database may have otherwise than the standard says, until it is brought in line. */
const foundProperties = {
  allocatedStorage: z.int(),
  autoMinorVersionUpgrade: z.boolean(),
  availabilityZone: z.string(),
  backupRetentionPeriod: z.int(),
  backupWindow: z.string(),
  caCertIdentifier: z.string(),
  copyTagsToSnapshot: z.boolean(),
  databaseInsightsMode: z.string(),
  dbName: z.string(),
  dbSubnetGroupName: z.string(),
  deletionProtection: z.boolean(),
  enabledCloudwatchLogsExports: z.array(z.string()),
  engineLifecycleSupport: z.string(),
  iamDatabaseAuthenticationEnabled: z.boolean(),
  instanceClass: z.string(),
  iops: z.int(),
  kmsKeyId: z.string(),
  maintenanceWindow: z.string(),
  manageMasterUserPassword: z.boolean(),
  masterUserSecretKmsKeyId: z.string(),
  maxAllocatedStorage: z.int(),
  monitoringInterval: z.int(),
  monitoringRoleArn: z.string(),
  multiAz: z.boolean(),
  networkType: z.string(),
  parameterGroupName: z.string(),
  performanceInsightsEnabled: z.boolean(),
  performanceInsightsKmsKeyId: z.string(),
  performanceInsightsRetentionPeriod: z.int(),
  port: z.int(),
  publiclyAccessible: z.boolean(),
  storageEncrypted: z.boolean(),
  storageThroughput: z.int(),
  storageType: z.string(),
  tags: z.record(z.string(), z.string()),
  username: z.string(),
  vpcSecurityGroupIds: z.array(z.string()),
} satisfies Record<string, z.ZodType>;

/** `null`: the database has none of it (no monitoring role, no key for Performance Insights). */
const asFound = z
  .strictObject(
    Object.fromEntries(Object.entries(foundProperties).map(([name, type]) => [name, type.nullable()])) as {
      [Name in keyof typeof foundProperties]: z.ZodNullable<(typeof foundProperties)[Name]>;
    },
  )
  .partial();

const importSchema = z.strictObject({
  /** The RDS identifier of the database that exists. */
  identifier: word("identifier", /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, "give the DB instance identifier as RDS shows it"),
  /** What the database has today where the standard says otherwise. Shrink it property by property: each removal is one visible change. */
  asFound: asFound.default({}),
  /** True when RDS made the log groups already (logs were exported before): they are imported with the database. @default false */
  logGroupsExist: z.boolean().default(false),
});

const wholeSecond = "give a whole second in UTC, as 2026-01-31T12:00:00Z";
/** False when the backup is not of a StandardDatabase, and has none of its roles: they are then made. With true they are taken over, and get new passwords. */
const rolesExist = z.boolean({ error: () => "give true or false" }).default(true);
const restoreSchema = z.union(
  [
    z.strictObject({ snapshotIdentifier: z.string().min(1), rolesExist }),
    z.strictObject({
      rolesExist,
      sourceDbiResourceId: z.string().regex(/^db-[A-Z0-9]+$/),
      restoreTime: z.iso
        .datetime({ error: () => wholeSecond })
        .refine((time) => new Date(time).getUTCMilliseconds() === 0, { error: () => wholeSecond })
        .optional(),
    }),
  ],
  { error: () => 'give {snapshotIdentifier}, or {sourceDbiResourceId: "db-…", restoreTime?: "2026-01-31T12:00:00Z"} (left out: the latest there is)' },
);

const parameterValues = z
  .record(z.string(), z.union([z.number(), z.boolean().transform(Number)], { error: () => "give a number (or true/false for 1/0), in the unit RDS stores" }))
  .superRefine((values, context) => {
    for (const [name, value] of Object.entries(values)) {
      const allowed = allowedParameters[name];
      if (!allowed)
        context.addIssue({
          code: "custom",
          path: [name],
          input: value,
          message: `is not among the parameters a team may set: ${Object.keys(allowedParameters).join(", ")}`,
        });
      else if (value < allowed.min || value > allowed.max)
        context.addIssue({ code: "custom", path: [name], input: value, message: `give ${allowed.min} to ${allowed.max} (${allowed.unit})` });
    }
  });

/** What a team says of one database: schema of `StandardDatabase`'s plain arguments, of stack config and of requests. */
export const databaseRequest = z
  .strictObject({
    /** The service whose data this is; the first word of the identifier, of the secrets' names and of the tags. */
    service: label("service").max(24, { error: () => "give at most 24 characters: the identifier is made of it" }),
    /** The team that answers for it. */
    owner: label("owner (the team)").max(63, { error: () => "give at most 63 characters" }),
    /** Part of the identifier and of the secrets' names, so it never changes; with the tier it decides on backups, second zone and protection. */
    environment: oneOf(environments),
    /** What a loss would cost: gives objectives, backup retention, second zone, drills and patch ring (see standards.ts). */
    tier: oneOf(tiers),
    /** Gives instance class, storage (GiB) and the cap it grows to (see standards.ts). */
    size: oneOf(sizes),
    /** What the data is; a tag of everything here. */
    dataClassification: oneOf(dataClassifications),
    /** Who pays; a tag. */
    costCenter: word("costCenter", /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/, "give 1 to 63 letters, digits, dots, underscores and hyphens"),
    /** The application's database. @default the service's name, hyphens as underscores */
    databaseName: sqlName("databaseName").optional(),
    /** The application's schema. @default the database's name */
    schemaName: sqlName("schemaName").optional(),
    /** @default 17 */
    postgresMajor: oneOf(postgresMajors).default(defaultPostgresMajor),
    /** The minor the ring has reached, "17.10". Pin it in production. @default the newest the cloud offers of the major */
    engineVersion: z
      .string()
      .regex(/^\d{2}\.\d{1,2}$/, { error: () => 'give major and minor, as "17.10"' })
      .optional(),
    /** Keep the storage of this larger size when going to a smaller one: storage never shrinks, only the class changes. @default size */
    storageOfSize: oneOf(sizes).optional(),
    /** `managed`: RDS makes, keeps and rotates it. `own`: our secret; needed before read replicas and blue/green deployments. @default "managed" */
    masterPassword: oneOf(["managed", "own"]).default("managed"),
    /** Reserved: read replicas come later. @default 0 */
    replicas: z
      .int({ error: () => "give a whole number" })
      .min(0, { error: () => "give 0" })
      .default(0),
    /** `later` where `up` cannot reach the database (a hosted CI): a second `up` inside the network then makes the roles. @default "declared" */
    accessRoles: oneOf(["declared", "later"]).default("declared"),
    /** Per role, how it logs in and how long a statement of it may take. @default as roles.ts has it */
    roles: z.partialRecord(oneOf(roleNames), roleSettings, { error: () => `give settings for ${roleNames.join(", ")} only` }).default({}),
    /** From the allow-list in roles.ts; the list replaces the default. The embedded cloud has no pgaudit. @default ["pg_stat_statements", "pgaudit"] */
    extensions: z.array(oneOf(allowedExtensions)).default([...defaultExtensions]),
    /** PostgreSQL's parameters in the unit RDS stores, within the bounds of parameters.ts; the database then has a parameter group of its own. @default {} */
    parameters: parameterValues.default({}),
    /** Take over a database that exists. @default undefined: a new one */
    import: importSchema.optional(),
    /** Make it from a snapshot or a moment of another's backups. Counts at birth only. @default undefined: an empty one */
    restoreFrom: restoreSchema.optional(),
    /** First step of retirement: lifts every protection at the next `up`; only then does `destroy` work. @default false */
    retire: z.boolean({ error: () => "give true or false" }).default(false),
  })
  .superRefine((request, context) => {
    const refuse = (path: keyof typeof request, input: unknown, message: string) => context.addIssue({ code: "custom", path: [path], input, message });
    const standard = versionStandards[request.postgresMajor];
    const [major, minor] = (request.engineVersion ?? "").split(".").map(Number);
    if (request.engineVersion && major !== request.postgresMajor)
      refuse("engineVersion", request.engineVersion, `is not of postgresMajor ${request.postgresMajor}; give both alike`);
    else if (request.engineVersion && (minor ?? 0) < standard.minimumMinor)
      refuse("engineVersion", request.engineVersion, `is below the minimum ${request.postgresMajor}.${standard.minimumMinor}; give that or newer`);
    if (request.storageOfSize && sizeStandards[request.storageOfSize].capGib < sizeStandards[request.size].capGib)
      refuse("storageOfSize", request.storageOfSize, `is smaller than size ${request.size}; give a larger size, or leave it out`);
    if (request.replicas > 0)
      refuse(
        "replicas",
        request.replicas,
        request.masterPassword === "managed"
          ? 'RDS refuses read replicas with a managed master password, and this version makes none; give 0 (later: masterPassword "own")'
          : "is reserved for a later version; give 0",
      );
    if (request.import && request.restoreFrom)
      refuse("restoreFrom", request.restoreFrom, "cannot go with import: a database is either taken over or made from a backup");
    if (request.import?.asFound.manageMasterUserPassword === false && request.accessRoles === "declared")
      refuse("accessRoles", request.accessRoles, 'give "later" while import.asFound.manageMasterUserPassword is false: nobody here knows the master password');
    if (!request.databaseName && reserved(databaseNameOf(request)))
      refuse("databaseName", databaseNameOf(request), "would follow from the service and is reserved by PostgreSQL, RDS or Shipshape; give another");
    if (identifierOf(request).length > identifierLengthMax)
      refuse(
        "databaseName",
        request.databaseName,
        `makes the identifier ${identifierOf(request)} longer than the ${identifierLengthMax} characters RDS allows; shorten it or the service`,
      );
  });

/** As it is written: what has a default may be left out. */
export type DatabaseRequest = z.input<typeof databaseRequest>;
/** As it was checked: every default filled in. */
export type ResolvedRequest = z.output<typeof databaseRequest>;
export type RoleSettings = Partial<Record<RoleName, z.output<typeof roleSettings>>>;

/** What the platform stack gives a database; see DatabasePlatform's outputs of the same names. */
export interface PlatformReference {
  vpcId: pulumi.Input<string>;
  subnetGroupName: pulumi.Input<string>;
  /** ARN, never an alias: an alias is a difference for ever, and a changed key a new database. */
  keyArn: pulumi.Input<string>;
  topicArn: pulumi.Input<string>;
  monitoringRoleArn: pulumi.Input<string>;
  /** By family: `{postgres17: "…"}`. */
  parameterGroupNames: pulumi.Input<Record<string, string>>;
  /** File of certificates that `up` trusts when it connects to make roles. @default what PGSSLROOTCERT names */
  caBundlePath?: pulumi.Input<string | undefined>;
}

/** `DatabaseRequest`, and what only other resources know. */
export interface StandardDatabaseArgs extends DatabaseRequest {
  platform: PlatformReference;
  /** Who may connect: security groups by name, no address ranges. @default {} nobody */
  reachableFrom?: Record<string, pulumi.Input<string>>;
}

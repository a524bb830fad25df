import { z } from "zod";
import { refusedExtensions } from "./extensions";
import { AccessRoles, MasterPassword } from "./database-request";
import { asFound, foundNames, type Found } from "./found-properties";
import { inputOf, oneOf, text } from "./input-errors";
import { exportedLogs, patchMethods } from "./standards/fixed";
import { isReserved } from "./standards/reserved-names";
import { allowedParameters } from "./standards/parameters";
import { Authentication, type Extension } from "./standards/roles";
import { tagValue } from "./tags";
import {
  classificationsOf,
  environmentsOf,
  majorsOf,
  matchesPattern,
  rolesOf,
  sizesOf,
  tiersOf,
  type Standard,
  type TagStandard,
} from "./standards/standard";

/** Checks a team's arguments before anything runs, with messages; database-request.ts documents each argument. */
export const word = (what: string, pattern: RegExp, rule: string) => text(what).regex(pattern, { error: () => rule });
const label = (what: string) =>
  word(what, /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, "give lower-case words joined by single hyphens, starting with a letter");
const sqlName = (what: string) =>
  word(
    what,
    /^[a-z][a-z0-9_]{0,62}$/,
    "give a lower-case SQL name of 1 to 63 letters, digits and underscores, starting with a letter",
  ).refine((name) => !isReserved(name), {
    error: () => "is reserved by PostgreSQL, RDS or Shipshape; choose another name",
  });

/** What the company's standard wants of a tag's value. */
export const matches = ({
  pattern,
}: Pick<TagStandard, "pattern">): [(value: string) => boolean, { error: () => string }] => [
  (value) => pattern === undefined || matchesPattern(pattern, value),
  { error: () => `give a value that matches ${pattern}` },
];

const roleSettings = z.strictObject({
  authentication: oneOf(Object.values(Authentication)).default("password"),
  statementTimeoutMilliseconds: z
    .int({ error: () => "give whole milliseconds" })
    .min(0, { error: () => "give 0 (none) to 86400000" })
    .max(86_400_000, { error: () => "give 0 (none) to 86400000" })
    .optional(),
});

/**
 * Upper case only, as RDS writes it: then an identifier, which RDS keeps in lower case, cannot pass for one, not even
 * "db-orders".
 */
const resourceId = z
  .string({ error: ({ input }) => notResourceId(input) })
  .regex(/^db-(?=.*[A-Z])[A-Z0-9]+$/, { error: ({ input }) => notResourceId(input) });

/**
 * The provider's id of an instance is the resource id: the engine treats an import by any other name as a replacement
 * once the state has the id.
 */
function notResourceId(wrong: unknown): string {
  const name = typeof wrong === "object" && wrong !== null && "identifier" in wrong ? wrong.identifier : wrong;
  const identifier = typeof name === "string" && /^[A-Za-z][A-Za-z0-9-]*$/.test(name) ? name : "<identifier>";
  return (
    'give the resource id, such as "db-ABCDEFGHIJKLMNOPQRSTUVWXYZ"; with any other name, a later up would delete the database. Find it with: ' +
    `aws rds describe-db-instances --db-instance-identifier ${identifier} --query "DBInstances[0].DbiResourceId" --output text`
  );
}

const logGroupsRule = `give true (both), false, or those that exist, of ${exportedLogs.join(", ")}`;
const existingSchema = z
  .strictObject({
    identifier: word(
      "identifier",
      /^[a-z](?=.{0,62}$)[a-z0-9]*(-[a-z0-9]+)*$/,
      "give the DB instance identifier as RDS shows it, at most 63 characters",
    ),
    asFound: asFound.default({}),
    lacks: z.array(oneOf(foundNames)).default([]),
    upgradeBy: z.iso.date({ error: () => 'give a day, such as "2027-03-31"' }).optional(),
    logGroupsExist: z.union([z.boolean(), z.array(oneOf(exportedLogs))], { error: () => logGroupsRule }).default([]),
  })
  .superRefine(({ asFound: found, lacks }, context) => {
    for (const name of lacks.filter((one) => found[one] !== undefined && found[one] !== null))
      context.addIssue({
        code: "custom",
        path: ["lacks"],
        input: lacks,
        message: `names ${name}, of which asFound says ${JSON.stringify(found[name])}; give one of the two`,
      });
  })
  .transform(({ lacks, ...existing }) => ({
    ...existing,
    asFound: { ...existing.asFound, ...(Object.fromEntries(lacks.map((name) => [name, null])) as Found) },
  }));

const wholeSecond = "give a whole second in UTC, such as 2026-01-31T12:00:00Z";
const restoreSchema = z
  .strictObject(
    {
      snapshotIdentifier: text("snapshotIdentifier")
        .min(1, { error: () => "is empty" })
        .optional(),
      sourceDbiResourceId: text("sourceDbiResourceId")
        .regex(/^db-[A-Z0-9]+$/, { error: () => 'give the resource id, such as "db-ABCDEFGHIJKLMNOPQRSTUVWXYZ"' })
        .optional(),
      restoreTime: z.iso
        .datetime({ error: () => wholeSecond })
        .refine((time) => new Date(time).getUTCMilliseconds() === 0, { error: () => wholeSecond })
        .optional(),
      rolesExist: z.boolean({ error: () => "give true or false" }).default(true),
    },
    { error: () => sources },
  )
  .superRefine(({ snapshotIdentifier, sourceDbiResourceId, restoreTime }, context) => {
    if ((snapshotIdentifier === undefined) === (sourceDbiResourceId === undefined))
      context.addIssue({
        code: "custom",
        message: sources,
        input: { snapshotIdentifier, sourceDbiResourceId, restoreTime },
      });
    else if (snapshotIdentifier !== undefined && restoreTime !== undefined)
      context.addIssue({
        code: "custom",
        path: ["restoreTime"],
        message: "omit it: a snapshot has one moment only",
        input: restoreTime,
      });
  });
const sources =
  'give {snapshotIdentifier}, or {sourceDbiResourceId: "db-…", restoreTime?: "2026-01-31T12:00:00Z"} (default: the latest restorable time)';

const digest = (what: string) =>
  text(what).regex(/^[0-9a-f]{64}$/, { error: () => "give a SHA-256, as 64 lower-case hexadecimal digits" });
const maskedCopySchema = z.strictObject(
  {
    request: tagValue("the request"),
    source: tagValue("the source"),
    profile: digest("the digest of the masking profile"),
    expiresOn: z.iso.date({ error: () => 'give a day, such as "2027-03-31"' }),
  },
  { error: () => "give {request, source, profile, expiresOn}" },
);

const parameterValues = z
  .record(
    z.string(),
    z.union([z.number(), z.boolean().transform(Number)], {
      error: () => "give a number (or true/false for 1/0), in the unit RDS stores",
    }),
  )
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
      else if (allowed.whole && !Number.isInteger(value))
        context.addIssue({
          code: "custom",
          path: [name],
          input: value,
          message: `give a whole number (${allowed.unit})`,
        });
      else if (value < allowed.min || value > allowed.max)
        context.addIssue({
          code: "custom",
          path: [name],
          input: value,
          message: `give ${allowed.min} to ${allowed.max} (${allowed.unit})`,
        });
    }
  });

/** An imported database with its own master password. */
export function hasUnknownPassword({ existing }: { existing?: z.output<typeof existingSchema> | undefined }): boolean {
  const managed = existing?.asFound.manageMasterUserPassword;
  return managed === false || managed === null;
}

/** Each adds a dozen grants to every preview and refresh. */
const furtherSchemasMax = 20;
/** A tag has them all; more would say what an order of teams is for. */
const patchAfterMax = 8;

/** RDS allows 15; each costs as much as the source, and beyond a few a pooler or a cache serves readers better. */
const replicasMax = 5;

export const versionPattern = /^(\d{2})\.(\d{1,2})$/;

/** Argument by argument; arguments.ts checks combinations. */
export const requestSchemaOf = (standard: Standard) => {
  const { tags, postgres } = standard;
  return z.strictObject({
    service: label("service")
      .max(24, { error: () => "give at most 24 characters: the identifier contains it" })
      .refine(...matches(tags.service)),
    owner: inputOf(
      tags.owner.pattern === undefined
        ? label("owner (the team)").max(63, { error: () => "give at most 63 characters" })
        : text("owner (the team)").refine(...matches(tags.owner)),
    ),
    environment: oneOf(environmentsOf(standard)),
    tier: oneOf(tiersOf(standard)),
    size: oneOf(sizesOf(standard)),
    dataClassification: oneOf(classificationsOf(standard)),
    costCenter: inputOf(
      tags.costCenter.pattern === undefined
        ? word(
            "costCenter",
            /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/,
            "give 1 to 63 letters, digits, dots, underscores and hyphens",
          )
        : text("costCenter").refine(...matches(tags.costCenter)),
    ),
    databaseName: sqlName("databaseName").optional(),
    schemaName: sqlName("schemaName").optional(),
    furtherSchemas: z
      .array(sqlName("the schema"), { error: () => 'give a list of names, such as ["billing"]' })
      .max(furtherSchemasMax, { error: () => `give at most ${furtherSchemasMax}` })
      .refine((given) => new Set(given).size === given.length, { error: () => "names a schema twice" })
      .default([]),
    postgresMajor: oneOf(majorsOf(standard)).default(postgres.default),
    engineVersion: text("engineVersion", "17.10")
      .regex(versionPattern, { error: () => 'give major and minor, such as "17.10"' })
      .optional(),
    otherMajor: oneOf(majorsOf(standard)).optional(),
    storageOfSize: oneOf(sizesOf(standard)).optional(),
    masterPassword: oneOf(Object.values(MasterPassword)).default("managed"),
    replicas: z
      .int({ error: () => "give a whole number" })
      .min(0, { error: () => `give 0 to ${replicasMax}` })
      .max(replicasMax, { error: () => `give 0 to ${replicasMax}` })
      .default(0),
    patchAfter: z
      .array(word("the service with its environment", /^[^\s,]{1,128}$/, 'give them as "billing-production"'), {
        error: () => 'give a list of names, such as ["billing-production"]',
      })
      .refine((given) => given.length <= patchAfterMax, { error: () => `give at most ${patchAfterMax}` })
      .refine((given) => new Set(given).size === given.length, { error: () => "names a service twice" })
      .refine((given) => tagValue("it").safeParse(given.join(" ")).success, {
        error: () => "is more than the value of a tag can hold; give fewer names",
      })
      .default([]),
    patchMethod: oneOf(patchMethods).default("in-place"),
    accessRoles: oneOf(Object.values(AccessRoles)).default("declared"),
    roles: z
      .record(z.string(), roleSettings, { error: () => `give settings by role: ${rolesOf(standard).join(", ")}` })
      .superRefine((settings, context) => {
        for (const name of Object.keys(settings).filter((one) => !Object.hasOwn(standard.roles, one)))
          context.addIssue({
            code: "custom",
            path: [name],
            input: name,
            message: `give settings for ${rolesOf(standard).join(", ")} only`,
          });
      })
      .default({}),
    extensions: z
      .array(oneOf(postgres.extensions.allowed as readonly Extension[], refusedExtensions))
      .default([...postgres.extensions.default] as Extension[]),
    parameters: parameterValues.default({}),
    existing: existingSchema.optional(),
    import: resourceId.optional(),
    restoreFrom: restoreSchema.optional(),
    maskedCopy: maskedCopySchema.optional(),
    retire: z.boolean({ error: () => "give true or false" }).default(false),
  });
};

/** After the checks: every default filled in. */
export type ResolvedRequest = z.output<ReturnType<typeof requestSchemaOf>>;

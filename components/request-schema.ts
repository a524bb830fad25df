import { z } from "zod";
import { asFound } from "./found-properties";
import { oneOf, text } from "./input-errors";
import { allowedParameters } from "./parameters";
import { isReserved } from "./reserved-names";
import { allowedExtensions, defaultExtensions, roleNames } from "./roles";
import { dataClassifications, defaultPostgresMajor, environments, postgresMajors, sizes, tiers } from "./standards";

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

const roleSettings = z.strictObject({
  authentication: oneOf(["password", "iam"]).default("password"),
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

const existingSchema = z.strictObject({
  identifier: word(
    "identifier",
    /^[a-z](?=.{0,62}$)[a-z0-9]*(-[a-z0-9]+)*$/,
    "give the DB instance identifier as RDS shows it, at most 63 characters",
  ),
  asFound: asFound.default({}),
  logGroupsExist: z.boolean().default(false),
});

const wholeSecond = "give a whole second in UTC, such as 2026-01-31T12:00:00Z";
const rolesExist = z.boolean({ error: () => "give true or false" }).default(true);
const restoreSchema = z.union(
  [
    z.strictObject({ snapshotIdentifier: text("snapshotIdentifier").min(1, { error: () => "is empty" }), rolesExist }),
    z.strictObject({
      rolesExist,
      sourceDbiResourceId: text("sourceDbiResourceId").regex(/^db-[A-Z0-9]+$/),
      restoreTime: z.iso
        .datetime({ error: () => wholeSecond })
        .refine((time) => new Date(time).getUTCMilliseconds() === 0, { error: () => wholeSecond })
        .optional(),
    }),
  ],
  {
    error: () =>
      'give {snapshotIdentifier}, or {sourceDbiResourceId: "db-…", restoreTime?: "2026-01-31T12:00:00Z"} (default: the latest restorable time)',
  },
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

export const versionPattern = /^(\d{2})\.(\d{1,2})$/;

/** Argument by argument; arguments.ts checks combinations. */
export const requestSchema = z.strictObject({
  service: label("service").max(24, { error: () => "give at most 24 characters: the identifier contains it" }),
  owner: label("owner (the team)").max(63, { error: () => "give at most 63 characters" }),
  environment: oneOf(environments),
  tier: oneOf(tiers),
  size: oneOf(sizes),
  dataClassification: oneOf(dataClassifications),
  costCenter: word(
    "costCenter",
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/,
    "give 1 to 63 letters, digits, dots, underscores and hyphens",
  ),
  databaseName: sqlName("databaseName").optional(),
  schemaName: sqlName("schemaName").optional(),
  postgresMajor: oneOf(postgresMajors).default(defaultPostgresMajor),
  engineVersion: text("engineVersion", "17.10")
    .regex(versionPattern, { error: () => 'give major and minor, such as "17.10"' })
    .optional(),
  storageOfSize: oneOf(sizes).optional(),
  masterPassword: oneOf(["managed", "own"]).default("managed"),
  replicas: z
    .int({ error: () => "give a whole number" })
    .min(0, { error: () => "give 0" })
    .default(0),
  accessRoles: oneOf(["declared", "later"]).default("declared"),
  roles: z
    .partialRecord(oneOf(roleNames), roleSettings, { error: () => `give settings for ${roleNames.join(", ")} only` })
    .default({}),
  extensions: z.array(oneOf(allowedExtensions)).default([...defaultExtensions]),
  parameters: parameterValues.default({}),
  existing: existingSchema.optional(),
  import: resourceId.optional(),
  restoreFrom: restoreSchema.optional(),
  retire: z.boolean({ error: () => "give true or false" }).default(false),
});

/** After the checks: every default filled in. */
export type ResolvedRequest = z.output<typeof requestSchema>;

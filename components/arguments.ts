import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { requiredBy } from "./extensions";
import { asFound, contradictions } from "./found-properties";
import { inputOf, oneOf, text } from "./input-errors";
import { reachableFrom } from "./reachable-from";
import { databaseNameOf, identifierLengthMax, identifierOf } from "./names";
import { allowedParameters } from "./parameters";
import { isReserved } from "./reserved-names";
import { allowedExtensions, defaultExtensions, roleNames } from "./roles";
import { standardShape } from "./standard-shape";
import { dataClassifications, defaultPostgresMajor, environments, postgresMajors, sizes, sizeStandards, tiers, versionStandards } from "./standards";

/** The checks of what a team writes, before anything runs, and their words; what each argument is for is said in database-request.ts. */
const word = (what: string, pattern: RegExp, rule: string) => text(what).regex(pattern, { error: () => rule });
const label = (what: string) => word(what, /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, "give lower-case words joined by single hyphens, starting with a letter");
const sqlName = (what: string) =>
  word(what, /^[a-z][a-z0-9_]{0,62}$/, "give a lower-case SQL name of 1 to 63 letters, digits and underscores, starting with a letter").refine(
    (name) => !isReserved(name),
    { error: () => "is reserved by PostgreSQL, RDS or Shipshape; choose another name" },
  );

const roleSettings = z.strictObject({
  authentication: oneOf(["password", "iam"]).default("password"),
  statementTimeoutMilliseconds: z
    .int({ error: () => "give whole milliseconds" })
    .min(0, { error: () => "give 0 (none) to 86400000" })
    .max(86_400_000, { error: () => "give 0 (none) to 86400000" })
    .optional(),
});

/** Upper case only, as RDS writes it: an identifier, which RDS keeps in lower case, can then not pass for one, not even "db-orders". */
const resourceId = z.string({ error: ({ input }) => notResourceId(input) }).regex(/^db-(?=.*[A-Z])[A-Z0-9]+$/, { error: ({ input }) => notResourceId(input) });

/** The provider's id of an instance is the resource id: an import by any other name is a replacement to the engine once the state has the id. */
function notResourceId(wrong: unknown): string {
  const name = typeof wrong === "object" && wrong !== null && "identifier" in wrong ? wrong.identifier : wrong;
  const identifier = typeof name === "string" && /^[A-Za-z][A-Za-z0-9-]*$/.test(name) ? name : "<identifier>";
  return (
    'give the resource id, as "db-ABCDEFGHIJKLMNOPQRSTUVWXYZ"; imported by any other name, the database would be deleted by a later up. Find it with: ' +
    `aws rds describe-db-instances --db-instance-identifier ${identifier} --query "DBInstances[0].DbiResourceId" --output text`
  );
}

const existingSchema = z.strictObject({
  identifier: word("identifier", /^[a-z](?=.{0,62}$)[a-z0-9]*(-[a-z0-9]+)*$/, "give the DB instance identifier as RDS shows it, at most 63 characters"),
  asFound: asFound.default({}),
  logGroupsExist: z.boolean().default(false),
});

const wholeSecond = "give a whole second in UTC, as 2026-01-31T12:00:00Z";
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
      else if (allowed.whole && !Number.isInteger(value))
        context.addIssue({ code: "custom", path: [name], input: value, message: `give a whole number (${allowed.unit})` });
      else if (value < allowed.min || value > allowed.max)
        context.addIssue({ code: "custom", path: [name], input: value, message: `give ${allowed.min} to ${allowed.max} (${allowed.unit})` });
    }
  });

/** A database that is taken over with a master password of its own. */
export function hasUnknownPassword({ existing }: { existing?: z.output<typeof existingSchema> | undefined }): boolean {
  const managed = existing?.asFound.manageMasterUserPassword;
  return managed === false || managed === null;
}

const versionPattern = /^(\d{2})\.(\d{1,2})$/;

/** What a team says of one database: schema of `StandardDatabase`'s plain arguments, of stack config and of requests. */
export const databaseRequest = z
  .strictObject({
    service: label("service").max(24, { error: () => "give at most 24 characters: the identifier is made of it" }),
    owner: label("owner (the team)").max(63, { error: () => "give at most 63 characters" }),
    environment: oneOf(environments),
    tier: oneOf(tiers),
    size: oneOf(sizes),
    dataClassification: oneOf(dataClassifications),
    costCenter: word("costCenter", /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/, "give 1 to 63 letters, digits, dots, underscores and hyphens"),
    databaseName: sqlName("databaseName").optional(),
    schemaName: sqlName("schemaName").optional(),
    postgresMajor: oneOf(postgresMajors).default(defaultPostgresMajor),
    engineVersion: text("engineVersion", "17.10")
      .regex(versionPattern, { error: () => 'give major and minor, as "17.10"' })
      .optional(),
    storageOfSize: oneOf(sizes).optional(),
    masterPassword: oneOf(["managed", "own"]).default("managed"),
    replicas: z
      .int({ error: () => "give a whole number" })
      .min(0, { error: () => "give 0" })
      .default(0),
    accessRoles: oneOf(["declared", "later"]).default("declared"),
    roles: z.partialRecord(oneOf(roleNames), roleSettings, { error: () => `give settings for ${roleNames.join(", ")} only` }).default({}),
    extensions: z.array(oneOf(allowedExtensions)).default([...defaultExtensions]),
    parameters: parameterValues.default({}),
    existing: existingSchema.optional(),
    import: resourceId.optional(),
    restoreFrom: restoreSchema.optional(),
    retire: z.boolean({ error: () => "give true or false" }).default(false),
  })
  .superRefine((request, context) => {
    const refuse = (path: keyof typeof request, input: unknown, message: string) => context.addIssue({ code: "custom", path: [path], input, message });
    const found = request.existing?.asFound;
    for (const [name, message] of found ? contradictions(found, standardShape(request), request.masterPassword) : [])
      context.addIssue({ code: "custom", path: ["existing", "asFound", name], input: found?.[name], message });
    const standard = versionStandards[request.postgresMajor];
    const [, major, minor] = (versionPattern.exec(request.engineVersion ?? "") ?? []).map(Number);
    if (major !== undefined && major !== request.postgresMajor)
      refuse("engineVersion", request.engineVersion, `is not of postgresMajor ${request.postgresMajor}; give both alike`);
    else if (minor !== undefined && minor < standard.minimumMinor)
      refuse("engineVersion", request.engineVersion, `is below the minimum ${request.postgresMajor}.${standard.minimumMinor}; give that or newer`);
    if (request.storageOfSize && sizeStandards[request.storageOfSize].capGib < sizeStandards[request.size].capGib)
      refuse("storageOfSize", request.storageOfSize, `is smaller than size ${request.size}; give a larger size, or leave it out`);
    for (const extension of request.extensions) {
      const missing = requiredBy(extension).filter((name) => !request.extensions.includes(name));
      if (missing.length > 0) refuse("extensions", request.extensions, `${extension} needs ${missing.join(", ")}; add it to the list`);
    }
    if (request.replicas > 0)
      refuse(
        "replicas",
        request.replicas,
        request.masterPassword === "managed"
          ? 'RDS refuses read replicas with a managed master password, and this version makes none; give 0 (later: masterPassword "own")'
          : "is reserved for a later version; give 0",
      );
    if (request.import && !request.existing)
      refuse("existing", request.existing, "is missing: give {identifier, asFound} of the database that import names, so that it keeps its name");
    if (request.existing && request.restoreFrom)
      refuse("restoreFrom", request.restoreFrom, "cannot go with existing: a database is either taken over or made from a backup");
    if (hasUnknownPassword(request) && request.accessRoles === "declared")
      refuse(
        "accessRoles",
        request.accessRoles,
        `give "later" while existing.asFound.manageMasterUserPassword is ${request.existing?.asFound.manageMasterUserPassword}: nobody here knows the master password`,
      );
    if (!request.databaseName && isReserved(databaseNameOf(request)))
      refuse("databaseName", databaseNameOf(request), "would follow from the service and is reserved by PostgreSQL, RDS or Shipshape; give another");
    if (identifierOf(request).length > identifierLengthMax)
      refuse(
        "databaseName",
        request.databaseName,
        `makes the identifier ${identifierOf(request)} longer than the ${identifierLengthMax} characters RDS allows; shorten it or the service`,
      );
  });

/** As it was checked: every default filled in. */
export type ResolvedRequest = z.output<typeof databaseRequest>;

const arn = (what: string, service: string, resource: string, rule: string) =>
  word(`the platform's ${what}`, new RegExp(`^arn:aws[a-z-]*:${service}:[a-z0-9-]*:\\d{12}:${resource}.+$`), rule);
const keyArn = arn("keyArn", "kms", "key/", "give the key's ARN, arn:aws:kms:<region>:<account>:key/<id>, never an alias");
const given = (what: string) => inputOf(text(what).min(1, { error: () => `${what} is empty` }));

/**
 * The outputs of a platform's stack, or a DatabasePlatform itself, which has more than these. An alias of the key would be a difference for ever, and a
 * changed key a new database.
 */
export const platformReference = z.object(
  {
    vpcId: given("the platform's vpcId"),
    subnetGroupName: given("the platform's subnetGroupName"),
    keyArn: inputOf(keyArn),
    topicArn: inputOf(arn("topicArn", "sns", "", "give the topic's ARN")),
    monitoringRoleArn: inputOf(arn("monitoringRoleArn", "iam", "role/", "give the role's ARN")),
    parameterGroupNames: inputOf(z.record(z.string(), text("the name"), { error: () => 'give the names by family, {postgres17: "…"}' })),
    caBundlePath: inputOf(text("caBundlePath").optional()).optional(),
  },
  { error: () => "give what the platform's stack gives out: vpcId, subnetGroupName, keyArn, topicArn, monitoringRoleArn, parameterGroupNames" },
);

/** All that is said of a database and can be judged before it is made. */
export const databaseArguments = databaseRequest.safeExtend({ platform: platformReference, reachableFrom });

/** Where the key was an Output, its value is judged when it is known. */
export function neverAnAlias(value: string): string {
  if (/(^|:)alias\//.test(value)) throw new pulumi.RunError(`platform.keyArn: give the key's ARN, never an alias (given ${JSON.stringify(value)})`);
  return value;
}

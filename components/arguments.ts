import { z } from "zod";
import { requiredBy } from "./extensions";
import { contradictions } from "./found-properties";
import { wrongImport } from "./imported-database";
import { inputOf, text } from "./input-errors";
import { databaseNameOf, identifierLengthMax, identifierOf, schemaNameOf } from "./names";
import { reachableFrom } from "./reachable-from";
import { hasUnknownPassword, requestSchemaOf, versionPattern, word } from "./request-schema";
import { isReserved } from "./standards/reserved-names";
import { standardShape } from "./standard-shape";
import { part, type Standard } from "./standards/standard";

/**
 * What a team declares about one database: the schema of `StandardDatabase`'s plain arguments, of stack config and of
 * requests.
 */
export const databaseRequestOf = (standard: Standard) =>
  requestSchemaOf(standard).superRefine((request, context) => {
    const refuse = (path: keyof typeof request, input: unknown, message: string) =>
      context.addIssue({ code: "custom", path: [path], input, message });
    const found = request.existing?.asFound;
    for (const [name, message] of found
      ? contradictions(found, standardShape(request, standard), request.masterPassword)
      : [])
      context.addIssue({ code: "custom", path: ["existing", "asFound", name], input: found?.[name], message });
    const version = part(standard.postgres.majors, request.postgresMajor);
    const [, major, minor] = (versionPattern.exec(request.engineVersion ?? "") ?? []).map(Number);
    if (major !== undefined && major !== request.postgresMajor)
      refuse(
        "engineVersion",
        request.engineVersion,
        `is not of postgresMajor ${request.postgresMajor}; give matching values`,
      );
    else if (minor !== undefined && minor < version.minimumMinor)
      refuse(
        "engineVersion",
        request.engineVersion,
        `is below the minimum ${request.postgresMajor}.${version.minimumMinor}; give that or newer`,
      );
    if (request.otherMajor === request.postgresMajor)
      refuse("otherMajor", request.otherMajor, "is its postgresMajor; leave it out");
    if (
      request.storageOfSize &&
      part(standard.sizes, request.storageOfSize).capGib < part(standard.sizes, request.size).capGib
    )
      refuse(
        "storageOfSize",
        request.storageOfSize,
        `is smaller than size ${request.size}; give a larger size, or omit it`,
      );
    const schemaName = schemaNameOf(request, standard);
    if (request.furtherSchemas.includes(schemaName))
      refuse("furtherSchemas", request.furtherSchemas, `names ${schemaName}, which is the first schema; leave it out`);
    const ownName = `${request.service}-${request.environment}`;
    if (request.patchAfter.includes(ownName))
      refuse("patchAfter", request.patchAfter, `names ${ownName}, which is this one; leave it out`);
    for (const extension of request.extensions) {
      const missing = requiredBy(extension).filter((name) => !request.extensions.includes(name));
      if (missing.length > 0)
        refuse("extensions", request.extensions, `${extension} needs ${missing.join(", ")}; add it to the list`);
    }
    if (request.replicas > 0 && request.masterPassword === "managed" && !hasUnknownPassword(request))
      refuse(
        "replicas",
        request.replicas,
        'RDS refuses read replicas with a managed master password; give masterPassword "own", or 0',
      );
    if (request.patchMethod === "blue-green" && request.masterPassword === "managed" && !hasUnknownPassword(request))
      refuse(
        "patchMethod",
        request.patchMethod,
        'RDS refuses blue/green with a managed master password; give masterPassword "own", or "in-place"',
      );
    if (request.replicas > 0 && found?.backupRetentionPeriod === 0)
      refuse(
        "replicas",
        request.replicas,
        "RDS copies a replica from a database with backups; give another existing.asFound.backupRetentionPeriod, or 0",
      );
    if (request.import && !request.existing)
      refuse(
        "existing",
        request.existing,
        "is missing: give {identifier, asFound} of the imported database, so that it keeps its name",
      );
    if (request.existing && request.restoreFrom)
      refuse(
        "restoreFrom",
        request.restoreFrom,
        "cannot be combined with existing: a database is either imported or created from a backup",
      );
    for (const [path, input, message] of wrongImport(request, standard))
      context.addIssue({ code: "custom", path, input, message });
    if (!request.databaseName && found?.dbName === undefined && isReserved(databaseNameOf(request, standard)))
      refuse(
        "databaseName",
        databaseNameOf(request, standard),
        "would be derived from the service but is reserved by PostgreSQL, RDS or Shipshape; give another",
      );
    if (!request.existing && identifierOf(request, standard).length > identifierLengthMax)
      refuse(
        "databaseName",
        request.databaseName,
        `makes the identifier ${identifierOf(request, standard)} longer than the ${identifierLengthMax} characters RDS allows; shorten it or the service`,
      );
  });

const arn = (what: string, service: string, resource: string, rule: string) =>
  word(`the platform's ${what}`, new RegExp(`^arn:aws[a-z-]*:${service}:[a-z0-9-]*:\\d{12}:${resource}.+$`), rule);
const keyArn = arn(
  "keyArn",
  "kms",
  "key/",
  "give the key's ARN, arn:aws:kms:<region>:<account>:key/<id>, never an alias",
);
const given = (what: string) => inputOf(text(what).min(1, { error: () => `${what} is empty` }));

/**
 * The outputs of a platform's stack, or a DatabasePlatform itself, which has more. A key alias would be a permanent
 * difference, and a changed key would replace the database.
 */
export const platformReference = z.object(
  {
    vpcId: given("the platform's vpcId"),
    subnetGroupName: given("the platform's subnetGroupName"),
    keyArn: inputOf(keyArn),
    topicArn: inputOf(arn("topicArn", "sns", "", "give the topic's ARN")),
    monitoringRoleArn: inputOf(arn("monitoringRoleArn", "iam", "role/", "give the role's ARN")),
    parameterGroupNames: inputOf(
      z.record(z.string(), inputOf(text("the name")), { error: () => 'give the names by family, {postgres17: "…"}' }),
    ),
    caBundlePath: inputOf(text("caBundlePath").optional()).optional(),
  },
  {
    error: () =>
      "give the outputs of the platform's stack: vpcId, subnetGroupName, keyArn, topicArn, monitoringRoleArn, parameterGroupNames",
  },
);

/** Everything about a database that can be checked before it is created. */
export const databaseArgumentsOf = (standard: Standard) =>
  databaseRequestOf(standard).safeExtend({
    platform: platformReference,
    reachableFrom,
    standard: z.unknown().optional(), // checked before, because it decides what the others may be
  });

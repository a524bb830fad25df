import type * as rds from "@pulumi/aws/rds";
import * as secretsmanager from "@pulumi/aws/secretsmanager";
import * as postgresql from "@pulumi/postgresql";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { hasUnknownPassword, type ResolvedRequest } from "./request-schema";
import type { PlatformReference } from "./database-request";
import { secretNameOf } from "./names";
import { warnIfUnreachable } from "./reachability";
import type { Standard } from "./standards/standard";
import type { StandardShape } from "./standard-shape";
import type { Tags } from "./tags";

/** How the instance gets its master password: its arguments, and where to read the password afterwards. */
export interface MasterLogin {
  instanceArguments: Pick<rds.InstanceArgs, "manageMasterUserPassword" | "masterUserSecretKmsKeyId" | "password">;
  /** Undefined if RDS manages the password. */
  own: { password: pulumi.Output<string>; secret: secretsmanager.Secret } | undefined;
  /** The resources that no other resource depends on. */
  leaves: pulumi.Resource[];
}

export function masterLogin(
  name: string,
  request: ResolvedRequest,
  shape: StandardShape,
  { standard, ...settings }: { standard: Standard; keyArn: pulumi.Input<string>; tags: Tags },
  options: pulumi.CustomResourceOptions,
): MasterLogin {
  if (hasUnknownPassword(request)) return { instanceArguments: {}, own: undefined, leaves: [] };
  if (request.masterPassword === "managed")
    return {
      instanceArguments: { manageMasterUserPassword: true, masterUserSecretKmsKeyId: settings.keyArn },
      own: undefined,
      leaves: [],
    };
  const own = passwordWithSecret(
    `${name}-master`,
    {
      secretName: secretNameOf(request, "master", standard),
      purpose: "master login",
      recoveryDays: shape.secretRecoveryDays,
      ...settings,
    },
    options,
  );
  const version = new secretsmanager.SecretVersion(
    `${name}-master-secret-version`,
    {
      secretId: own.secret.arn,
      secretString: pulumi.jsonStringify({ username: standard.birth.masterUsername, password: own.password }),
    },
    options,
  );
  return { instanceArguments: { password: own.password }, own, leaves: [version] };
}

/**
 * Only letters and digits, because it is written into files of many formats; 40 of them are 238 bits. Other `keepers`
 * generate another.
 */
export const generatedPassword = (
  name: string,
  options: pulumi.CustomResourceOptions,
  keepers?: Record<string, string>,
): pulumi.Output<string> =>
  new random.RandomPassword(`${name}-password`, { length: 40, special: false, ...(keepers && { keepers }) }, options)
    .result;

/**
 * A password and its secret. It is generated first. From then on the secret is authoritative: an external rotation
 * changes the login and the secret, and the program adopts it.
 */
export function passwordWithSecret(
  name: string,
  settings: {
    secretName: string;
    purpose: string;
    recoveryDays: number;
    keyArn: pulumi.Input<string>;
    tags: Tags;
  },
  options: pulumi.CustomResourceOptions,
) {
  const initial = generatedPassword(name, options);
  const secret = new secretsmanager.Secret(
    `${name}-secret`,
    {
      name: settings.secretName,
      description: `Shipshape: ${settings.purpose}`,
      kmsKeyId: settings.keyArn,
      recoveryWindowInDays: settings.recoveryDays,
      tags: settings.tags,
    },
    options,
  );
  const password = pulumi
    .all([secret.arn, initial])
    .apply(async ([arn, first]) => (await passwordKept(arn, options)) ?? first);
  return { password: pulumi.secret(password), secret };
}

/** Undefined while the secret has no value, when it is new. */
async function passwordKept(secretId: string, { parent }: pulumi.CustomResourceOptions): Promise<string | undefined> {
  const where: pulumi.InvokeOptions = parent ? { parent } : {};
  const { versions } = await secretsmanager.getSecretVersions({ secretId }, where);
  if (!versions?.some((version) => version.versionStages.includes("AWSCURRENT"))) return undefined;
  const { secretString } = await secretsmanager.getSecretVersion({ secretId }, where);
  const kept = passwordIn(secretString);
  if (kept === undefined)
    await pulumi.log.warn(
      `the secret ${secretId} contains no password (expected JSON with "password"): its first password is written to it again`,
    );
  return kept;
}

/** Undefined unless it is JSON with a password, as a rotation writes it. */
export function passwordIn(secretString: string): string | undefined {
  try {
    const { password } = (JSON.parse(secretString) ?? {}) as { password?: unknown };
    return typeof password === "string" && password !== "" ? password : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The connection for roles and grants. It logs in as the master, which on RDS is not a superuser, and trusts only the
 * given certificates. Every run of the program looks up its password, so that a rotation between two runs breaks
 * nothing, as long as refresh and destroy also run the program (PULUMI_RUN_PROGRAM=true, or `--run-program`).
 */
export function adminConnection(
  name: string,
  instance: rds.Instance,
  shape: StandardShape,
  login: MasterLogin,
  platform: PlatformReference,
  options: pulumi.CustomResourceOptions,
): postgresql.Provider {
  warnIfUnreachable(instance, shape.identifier);
  return new postgresql.Provider(
    `${name}-postgresql`,
    {
      host: instance.address,
      port: instance.port,
      database: shape.databaseName,
      username: instance.username,
      password: login.own?.password ?? managedPassword(instance, options),
      superuser: false,
      sslmode: "verify-full",
      sslrootcert: platform.caBundlePath,
      connectTimeout: 15,
    },
    options,
  );
}

function managedPassword(instance: rds.Instance, options: pulumi.CustomResourceOptions): pulumi.Output<string> {
  const arn = instance.masterUserSecrets.apply((secrets) => {
    const found = secrets?.[0]?.secretArn;
    if (!found)
      throw new pulumi.RunError(
        'the database has no managed master password; give accessRoles "later" until it has one',
      );
    return found;
  });
  const invokeOptions: pulumi.InvokeOutputOptions = options.parent ? { parent: options.parent } : {};
  const secret = secretsmanager.getSecretVersionOutput({ secretId: arn }, invokeOptions);
  return pulumi.secret(
    secret.secretString.apply((text) => String((JSON.parse(text) as { password: unknown }).password)),
  );
}

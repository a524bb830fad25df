import * as pulumi from "@pulumi/pulumi";
import type * as rds from "@pulumi/aws/rds";
import type { RoleLogin } from "./role-logins";
import type { RoleName } from "./standards/names";
import type { StandardShape } from "./standard-shape";

/** What platforms that run applications need, for each role; nothing here contains a password. */
export interface ConsumerSettings {
  /** The minimal policy for an application's IAM role to log in as the role: a JSON policy document. */
  iamPolicies: Record<RoleName, pulumi.Output<string>>;
  /** For `secrets` of an ECS container definition: name → `valueFrom`. Empty for roles that use IAM. */
  ecsSecrets: Record<RoleName, Record<string, pulumi.Output<string>>>;
  /** Environment of a Lambda function: libpq's names, and the ARN of the secret to read user and password from. */
  lambdaEnvironments: Record<RoleName, Record<string, pulumi.Output<string>>>;
  /**
   * `spec.data` of an ExternalSecret (external-secrets.io) against AWS Secrets Manager. Empty for roles that use IAM.
   */
  externalSecrets: Record<RoleName, ExternalSecretValue[]>;
}
export interface ExternalSecretValue {
  secretKey: string;
  remoteRef: { key: string; property: string };
}

const secretFields = {
  DATABASE_URL: "url",
  PGHOST: "host",
  PGPORT: "port",
  PGDATABASE: "dbname",
  PGUSER: "username",
  PGPASSWORD: "password",
} as const;

export function consumerSettings(
  instance: rds.Instance,
  shape: StandardShape,
  logins: Partial<Record<RoleName, RoleLogin>>,
  keyArn: pulumi.Input<string>,
): ConsumerSettings {
  const forEach = <T>(make: (login: RoleLogin, role: RoleName) => T): Record<RoleName, T> =>
    Object.fromEntries(
      (Object.keys(shape.roles) as RoleName[]).flatMap((role) =>
        logins[role] ? [[role, make(logins[role], role)]] : [],
      ),
    ) as Record<RoleName, T>;
  return {
    iamPolicies: forEach((login) => iamPolicy(instance, login, keyArn)),
    ecsSecrets: forEach(({ secretArn }) =>
      secretArn ? mapValues(secretFields, (field) => pulumi.interpolate`${secretArn}:${field}::`) : {},
    ),
    lambdaEnvironments: forEach((login) => ({
      PGHOST: instance.address,
      PGPORT: pulumi.interpolate`${instance.port}`,
      PGDATABASE: pulumi.output(shape.databaseName),
      PGSSLMODE: pulumi.output("verify-full"),
      // The name to log in with changes with each rotation: it is in the secret, with the password.
      ...(login.secretArn ? { DATABASE_SECRET_ARN: login.secretArn } : { PGUSER: pulumi.output(login.username) }),
    })),
    externalSecrets: forEach((_, role) => {
      const key = shape.roles[role].secretName;
      return key
        ? Object.entries(secretFields).map(([secretKey, property]) => ({ secretKey, remoteRef: { key, property } }))
        : [];
    }),
  };
}

function iamPolicy(instance: rds.Instance, login: RoleLogin, keyArn: pulumi.Input<string>): pulumi.Output<string> {
  const { secretArn } = login;
  if (!secretArn) {
    // arn:<partition>:rds:<region>:<account>:db:<name>: the first and the two in the middle are what the other
    // service's ARN needs.
    const user = pulumi.all([instance.arn, instance.resourceId]).apply(([arn, resourceId]) => {
      const [, partition, , region, account] = arn.split(":");
      return `arn:${partition}:rds-db:${region}:${account}:dbuser:${resourceId}/${login.username}`;
    });
    return policyDocument([{ Effect: "Allow", Action: "rds-db:connect", Resource: user }]);
  }
  return policyDocument([
    { Effect: "Allow", Action: "secretsmanager:GetSecretValue", Resource: secretArn },
    {
      Effect: "Allow",
      Action: "kms:Decrypt",
      Resource: keyArn,
      Condition: { StringLike: { "kms:ViaService": "secretsmanager.*.amazonaws.com" } },
    },
  ]);
}

function policyDocument(statements: Record<string, unknown>[]): pulumi.Output<string> {
  return pulumi.jsonStringify({ Version: "2012-10-17", Statement: statements });
}

function mapValues<K extends string, V, T>(record: Record<K, V>, change: (value: V) => T): Record<K, T> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value as V)])) as Record<K, T>;
}

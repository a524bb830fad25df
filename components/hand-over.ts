/**
 * What platforms that run applications need so that they can connect as one role. Nothing here contains a password or,
 * where there is a secret, a user name: both change together when a password is rotated, so clients read them from the
 * secret.
 *
 * Pure: programs and the command line give the same answers.
 */

/** What a database hands over, by target. */
export interface HandOver {
  /** Parts of a container definition of ECS, which reads secrets when a task starts. */
  ecs: EcsHandOver;
  /** The variables of a Lambda function; with a secret, its ARN to read before connecting. */
  lambda: Record<string, string>;
  /** A manifest for the External Secrets Operator, with a ClusterSecretStore called `aws-secrets-manager`. */
  "external-secrets": ExternalSecret;
  /** The least that the application's IAM role must be allowed: a policy document. */
  iam: PolicyDocument;
}
export type HandOverTarget = keyof HandOver;

export interface EcsHandOver {
  environment: { name: string; value: string }[];
  secrets: { name: string; valueFrom: string }[];
}

export interface ExternalSecret {
  apiVersion: string;
  kind: string;
  metadata: { name: string };
  spec: Record<string, unknown>;
}

export interface PolicyDocument {
  Version: string;
  Statement: Record<string, unknown>[];
}

/** What is known of a database and its logins; the state of its stack has it as the component's output `handOver`. */
export interface HandedOverDatabase {
  identifier: string;
  arn: string;
  resourceId: string;
  address: string;
  port: number;
  databaseName: string;
  keyArn: string;
  /** By role; a role without a secret logs in with an IAM token. */
  logins: Record<string, { username: string; secret?: { arn: string; name: string } | undefined }>;
}

/** libpq's variables, and the field of the secret that each is in. */
const secretFields = {
  DATABASE_URL: "url",
  PGHOST: "host",
  PGPORT: "port",
  PGDATABASE: "dbname",
  PGUSER: "username",
  PGPASSWORD: "password",
} as const;

const targets: { [Target in HandOverTarget]: (database: HandedOverDatabase, role: string) => HandOver[Target] } = {
  ecs: (database, role) => {
    const secret = database.logins[role]?.secret;
    return {
      environment: Object.entries(variables(database, role)).map(([name, value]) => ({ name, value })),
      secrets: secret
        ? Object.entries(secretFields).map(([name, field]) => ({ name, valueFrom: `${secret.arn}:${field}::` }))
        : [],
    };
  },
  lambda: variables,
  "external-secrets": externalSecret,
  iam: (database, role) => ({ Version: "2012-10-17", Statement: statements(database, role) }),
};
export const handOverTargets = Object.keys(targets) as HandOverTarget[];

export const handOver = <Target extends HandOverTarget>(
  target: Target,
  role: string,
  database: HandedOverDatabase,
): HandOver[Target] => targets[target](database, role);

/** Why a role cannot be handed over in this way; undefined if it can be. */
export function handOverProblem(
  target: string,
  role: string,
  { logins }: { logins: Record<string, { secret?: unknown }> },
): string | undefined {
  if (!Object.hasOwn(targets, target)) return `give one of ${handOverTargets.join(", ")} (given "${target}")`;
  const known = Object.keys(logins);
  if (known.length === 0) return 'it has no logins yet: accessRoles is "later"';
  if (!known.includes(role)) return `give one of its roles ${known.join(", ")} (given "${role}")`;
  if (target === "external-secrets" && !logins[role]?.secret)
    return `${role} has no secret: it logs in with IAM tokens`;
  return undefined;
}

function variables({ address, port, databaseName, logins }: HandedOverDatabase, role: string): Record<string, string> {
  const { username = role, secret } = logins[role] ?? {};
  if (secret) return { DATABASE_SECRET_ARN: secret.arn, PGSSLMODE: "verify-full" };
  return {
    PGHOST: address,
    PGPORT: String(port),
    PGDATABASE: databaseName,
    PGUSER: username,
    PGSSLMODE: "verify-full",
  };
}

/** `extract` reads the secret once, so that user name and password are always of the same version. */
function externalSecret({ identifier, logins }: HandedOverDatabase, role: string): ExternalSecret {
  const names = Object.entries(secretFields).map(([name, field]) => [name, `{{ .${field} }}`]);
  return {
    apiVersion: "external-secrets.io/v1",
    kind: "ExternalSecret",
    metadata: { name: `${identifier}-${role}`.replaceAll("_", "-") },
    spec: {
      refreshInterval: "1m",
      secretStoreRef: { kind: "ClusterSecretStore", name: "aws-secrets-manager" },
      target: { template: { engineVersion: "v2", data: Object.fromEntries(names) as Record<string, string> } },
      dataFrom: [{ extract: { key: logins[role]?.secret?.name } }],
    },
  };
}

function statements({ arn, resourceId, keyArn, logins }: HandedOverDatabase, role: string): Record<string, unknown>[] {
  const { username = role, secret } = logins[role] ?? {};
  if (!secret) {
    // arn:<partition>:rds:<region>:<account>:db:<name>: the first and the two in the middle are what the other
    // service's ARN needs.
    const [, partition, , region, account] = arn.split(":");
    const user = `arn:${partition}:rds-db:${region}:${account}:dbuser:${resourceId}/${username}`;
    return [{ Effect: "Allow", Action: "rds-db:connect", Resource: user }];
  }
  return [
    { Effect: "Allow", Action: "secretsmanager:GetSecretValue", Resource: secret.arn },
    {
      Effect: "Allow",
      Action: "kms:Decrypt",
      Resource: keyArn,
      Condition: { StringLike: { "kms:ViaService": "secretsmanager.*.amazonaws.com" } },
    },
  ];
}

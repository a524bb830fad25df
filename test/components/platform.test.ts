import { DatabasePlatform } from "../../components";
import { arnOf, declare, type Declared } from "./declared";

/** What a production platform declares, with its values: names alone would not detect a policy that denies everything. */
let declared: Declared[];
beforeAll(async () => {
  declared = await declare(
    () =>
      new DatabasePlatform("platform", {
        owner: "team-platform",
        costCenter: "1000",
        environment: "production",
        copyRegion: "eu-west-1",
        vpcId: "vpc-0a1b2c3d4e5f60001",
        subnetIds: ["subnet-0a1b2c3d4e5f60001", "subnet-0a1b2c3d4e5f60002"],
        workerSecurityGroupIds: ["sg-0a1b2c3d4e5f60009"],
      }),
    "platform.production",
  );
});

const inputs = (name: string): Record<string, unknown> => {
  const found = declared.find((one) => one.name === name);
  if (!found) throw new Error(`${name} is not declared; there are ${declared.map((one) => one.name).join(", ")}`);
  return found.inputs;
};
interface Statement {
  Effect: string;
  Principal: Record<string, string | string[]>;
  Action: string | string[];
  Resource: string;
  Condition?: unknown;
}
const statements = (name: string, property = "policy"): Statement[] =>
  (JSON.parse(String(inputs(name)[property])) as { Statement: Statement[] }).Statement;
const account = "arn:aws:iam::123456789012:root";
const fromThisAccount = { StringEquals: { "aws:SourceAccount": "123456789012" } };

test.each([
  [
    "gold",
    "vault-and-copy",
    35,
    [{ destinationVaultArn: arnOf("aws:backup/vault:Vault", "platform-copy-vault"), lifecycle: { deleteAfter: 35 } }],
  ],
  ["silver", "vault", 14, undefined],
])(
  "backups of %s are taken as snapshots every night and kept for as long as the standard says",
  (_, kind, deleteAfter, copyActions) => {
    expect(inputs(`platform-plan-${kind}`).rules).toEqual([
      {
        ruleName: "daily",
        targetVaultName: "shipshape",
        schedule: "cron(0 6 * * ? *)",
        startWindow: 60,
        completionWindow: 480,
        enableContinuousBackup: false,
        lifecycle: { deleteAfter },
        ...(copyActions ? { copyActions } : {}),
      },
    ]);
    expect(inputs(`platform-selection-${kind}`)).toMatchObject({
      iamRoleArn: arnOf("aws:iam/role:Role", "platform-backup-role"),
      selectionTags: [{ type: "STRINGEQUALS", key: "shipshape:backup-plan", value: kind }],
    });
  },
);

test("both vaults are locked, so that no backup is kept longer or shorter by accident, each with a key of its Region", () => {
  const lock = { minRetentionDays: 7, maxRetentionDays: 365 };
  expect(inputs("platform-vault-lock")).toMatchObject(lock);
  expect(inputs("platform-copy-vault-lock")).toMatchObject({ ...lock, region: "eu-west-1" });
  expect(inputs("platform-vault-lock")).not.toHaveProperty("changeableForDays");
  expect(inputs("platform-vault")).toMatchObject({
    kmsKeyArn: arnOf("aws:kms/key:Key", "platform-key"),
    forceDestroy: false,
  });
  expect(inputs("platform-copy-vault")).toMatchObject({
    kmsKeyArn: arnOf("aws:kms/key:Key", "platform-copy-key"),
    forceDestroy: false,
    region: "eu-west-1",
  });
});

test("the vault for copies accepts them from this account only", () => {
  expect(statements("platform-copy-vault-policy")).toEqual([
    {
      Sid: "CopiesFromThisAccount",
      Effect: "Allow",
      Principal: { AWS: account },
      Action: "backup:CopyIntoBackupVault",
      Resource: "*",
    },
  ]);
});

test.each([
  ["platform-key", "eu-central-1"],
  ["platform-copy-key", "eu-west-1"],
])("%s may be used by the services of its Region for this account, and by no one else", (name, region) => {
  expect(inputs(name)).toMatchObject({ enableKeyRotation: true, deletionWindowInDays: 30 });
  const use = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"];
  const publishers = { Service: ["cloudwatch.amazonaws.com", "events.rds.amazonaws.com", "backup.amazonaws.com"] };
  const logGroups = {
    ArnLike: { "kms:EncryptionContext:aws:logs:arn": `arn:aws:logs:${region}:123456789012:log-group:/aws/rds/*` },
  };
  const granted = { ...fromThisAccount, Bool: { "kms:GrantIsForAWSResource": "true" } };
  expect(
    statements(name).map(({ Effect, Principal, Action, Condition }) => ({ Effect, Principal, Action, Condition })),
  ).toEqual([
    { Effect: "Allow", Principal: { AWS: account }, Action: "kms:*", Condition: undefined },
    { Effect: "Allow", Principal: { Service: `logs.${region}.amazonaws.com` }, Action: use, Condition: logGroups },
    {
      Effect: "Allow",
      Principal: publishers,
      Action: ["kms:GenerateDataKey*", "kms:Decrypt"],
      Condition: fromThisAccount,
    },
    {
      Effect: "Allow",
      Principal: { Service: "backup.amazonaws.com" },
      Action: ["kms:CreateGrant", ...use],
      Condition: granted,
    },
  ]);
});

test("alarms, RDS's events and backups may publish to the topic, for this account alone", () => {
  expect(statements("platform-topic-policy")).toEqual([
    {
      Sid: "AlarmsAndEvents",
      Effect: "Allow",
      Principal: { Service: ["cloudwatch.amazonaws.com", "events.rds.amazonaws.com", "backup.amazonaws.com"] },
      Action: "sns:Publish",
      Resource: arnOf("aws:sns/topic:Topic", "platform-topic"),
      Condition: fromThisAccount,
    },
  ]);
  expect(inputs("platform-topic")).toMatchObject({ kmsMasterKeyId: arnOf("aws:kms/key:Key", "platform-key") });
});

test("RDS's events of databases, parameter groups and security groups go to the topic, without a list of sources", () => {
  const categories = (suffix: string) => {
    const { snsTopic, enabled, sourceType, eventCategories, ...more } = inputs(`platform-events-${suffix}`);
    expect({ snsTopic, enabled }).toEqual({ snsTopic: arnOf("aws:sns/topic:Topic", "platform-topic"), enabled: true });
    expect(more).not.toHaveProperty("sourceIds");
    return [sourceType, ...[...(eventCategories as string[])].sort()];
  };
  expect(categories("instances").slice(0, 5)).toEqual([
    "db-instance",
    "availability",
    "configuration change",
    "deletion",
    "failover",
  ]);
  expect(categories("instances").slice(5)).toEqual(["failure", "low storage", "maintenance", "recovery"]);
  expect(categories("parameter-groups")).toEqual(["db-parameter-group", "configuration change"]);
  expect(categories("security-groups")).toEqual(["db-security-group", "configuration change", "failure"]);
});

test("each service role can only be assumed by its service, and has only AWS's policy for it", () => {
  for (const [role, service, policy] of [
    ["platform-monitoring-role", "monitoring.rds.amazonaws.com", "AmazonRDSEnhancedMonitoringRole"],
    ["platform-backup-role", "backup.amazonaws.com", "AWSBackupServiceRolePolicyForBackup"],
  ] as const) {
    expect(statements(role, "assumeRolePolicy")).toEqual([
      { Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" },
    ]);
    expect(inputs(`${role}-policy`)).toMatchObject({ policyArn: `arn:aws:iam::aws:policy/service-role/${policy}` });
  }
});

test("only the control plane can reach restored throwaways, and they can reach nothing", () => {
  const from = { protocol: "tcp", fromPort: 5432, toPort: 5432, securityGroups: ["sg-0a1b2c3d4e5f60009"], self: false };
  expect(inputs("platform-isolation")).toMatchObject({ ingress: [expect.objectContaining(from)], egress: [] });
});

test.each(["postgres16", "postgres17", "postgres18"])(
  "the parameter group of %s requires TLS, audit and commit timestamps",
  (family) => {
    const parameters = inputs(`platform-parameters-${family}`).parameters as { name: string; value: string }[];
    expect(Object.fromEntries(parameters.map(({ name, value }) => [name, value]))).toEqual({
      "rds.force_ssl": "1",
      password_encryption: "scram-sha-256",
      shared_preload_libraries: "pg_stat_statements,pgaudit",
      "pgaudit.log": "ddl,role",
      "pg_stat_statements.track_utility": "0",
      log_connections: "1",
      log_disconnections: "1",
      log_lock_waits: "1",
      log_min_duration_statement: "1000",
      log_temp_files: "10240",
      log_autovacuum_min_duration: "1000",
      track_commit_timestamp: "1",
      idle_in_transaction_session_timeout: "300000",
    });
  },
);

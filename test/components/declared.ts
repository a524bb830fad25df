import * as pulumi from "@pulumi/pulumi";

/** What a program would register with the engine; nothing runs. For the cloud's responses, see the engine tests. */
export interface Declared {
  urn: string;
  type: string;
  name: string;
  inputs: Record<string, unknown>;
}

/** Runs a program against the SDK's mocks and returns what it declared, in the order of names. */
export async function declare(program: () => unknown, stack = "database.orders-production"): Promise<Declared[]> {
  // The SDK takes a stack trace for each of its promises and Jest maps every line of it: more than half of such a
  // test's time. One line is enough to show where a program fails.
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 1;
  try {
    return await declareNow(program, stack);
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

async function declareNow(program: () => unknown, stack: string): Promise<Declared[]> {
  const seen: { type: string; name: string; inputs: Record<string, unknown> }[] = [];
  const urns: Promise<string>[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs, id }) => {
        seen.push({ type, name, inputs });
        return { id: id || `${name}-id`, state: { ...inputs, ...computed(type, name, inputs) } };
      },
      call: ({ token, inputs }) => answers[token]?.(inputs as Record<string, string>) ?? {},
    },
    "shipshape",
    stack,
    // As in a preview: nothing may try to reach a database, as there is none.
    true,
    "organization",
  );
  await pulumi.runtime.runInPulumiStack(async () => {
    pulumi.runtime.registerStackTransformation(({ resource }) => {
      urns.push(new Promise((resolve) => setImmediate(() => resource.urn.apply(resolve))));
      return undefined;
    });
    program();
  });
  await settled(seen);
  const all = await Promise.all(urns);
  return seen
    .filter((one) => one.type !== "pulumi:pulumi:Stack")
    .map((one) => ({ ...one, urn: all.find((urn) => urn.endsWith(`${one.type}::${one.name}`)) ?? "" }))
    .sort((one, other) => (one.urn < other.urn ? -1 : 1));
}

/** Registrations are asynchronous; they are complete when none arrived for a few turns. */
async function settled(seen: unknown[]): Promise<void> {
  for (let quiet = 0, before = -1; quiet < 12; quiet = seen.length === before ? quiet + 1 : 0) {
    before = seen.length;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

function computed(type: string, name: string, inputs: Record<string, unknown>): Record<string, unknown> {
  if (type === "pulumi:pulumi:StackReference") return { outputs: platform, secretOutputNames: [] };
  if (type === "aws:rds/instance:Instance")
    return {
      arn: `arn:aws:rds:eu-central-1:123456789012:db:${String(inputs.identifier)}`,
      address: "db.internal",
      port: 5432,
      endpoint: "db.internal:5432",
      resourceId: "db-MOCK",
      engineVersionActual: inputs.engineVersion,
      masterUserSecrets: [{ secretArn: `${arnOf(type, name)}-master` }],
    };
  if (type === "random:index/randomPassword:RandomPassword") return { result: "secret-of-the-mock" };
  if (type === "random:index/randomId:RandomId") return { hex: "0a1b2c3d" };
  return { arn: arnOf(type, name) };
}

/** In the form that AWS gives it, where the components check it. */
export function arnOf(type: string, name: string): string {
  const arns: Record<string, string> = {
    "aws:kms/key:Key": `arn:aws:kms:eu-central-1:123456789012:key/${name}`,
    "aws:sns/topic:Topic": `arn:aws:sns:eu-central-1:123456789012:${name}`,
    "aws:iam/role:Role": `arn:aws:iam::123456789012:role/${name}`,
  };
  return arns[type] ?? `arn:aws:mock:eu-central-1:123456789012:${name}`;
}

const masterSecret = '{"username":"shipshape_admin","password":"master-of-the-mock"}';
/** The existing value of a role's secret, for tests that set one. */
export const existingSecret: { secretString?: string; stage?: string } = {};

const answers: Record<string, (inputs: Record<string, string>) => Record<string, unknown>> = {
  "aws:rds/getEngineVersion:getEngineVersion": () => ({ versionActual: "17.10", version: "17.10" }),
  "aws:secretsmanager/getSecretVersions:getSecretVersions": () => ({
    versions: existingSecret.stage ? [{ versionStages: [existingSecret.stage] }] : undefined,
  }),
  "aws:secretsmanager/getSecretVersion:getSecretVersion": ({ secretId }) => ({
    secretString: secretId?.endsWith("-instance-master") ? masterSecret : existingSecret.secretString,
  }),
  "aws:index/getCallerIdentity:getCallerIdentity": () => ({ accountId: "123456789012" }),
  "aws:index/getRegion:getRegion": () => ({ region: "eu-central-1" }),
  "aws:index/getPartition:getPartition": () => ({ partition: "aws" }),
};

export const request = {
  service: "orders",
  owner: "team-orders",
  environment: "production",
  tier: "gold",
  size: "small",
  dataClassification: "confidential",
  costCenter: "4711",
} as const;
export const platform = {
  vpcId: "vpc-0a1b2c3d4e5f60001",
  subnetGroupName: "shipshape-databases",
  keyArn: "arn:aws:kms:eu-central-1:123456789012:key/0001",
  topicArn: "arn:aws:sns:eu-central-1:123456789012:shipshape-databases",
  monitoringRoleArn: "arn:aws:iam::123456789012:role/shipshape-monitoring",
  parameterGroupNames: {
    postgres16: "shipshape-postgres16-standard",
    postgres17: "shipshape-postgres17-standard",
    postgres18: "shipshape-postgres18-standard",
  },
};

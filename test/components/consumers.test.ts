import * as pulumi from "@pulumi/pulumi";
import { StandardDatabase, type DatabaseRequest } from "../../components";
import { declare, existingSecret, platform, request } from "./declared";

/** What an application's platform receives, with every Output resolved. */
async function resolvedOutputs(more: Partial<DatabaseRequest> = {}) {
  let database: StandardDatabase | undefined;
  await declare(() => {
    database = new StandardDatabase("orders", { ...request, ...more, platform });
  });
  const { consumers, connectionStrings, secretArns } = database!;
  return new Promise<
    pulumi.Unwrap<{
      consumers: typeof consumers;
      connectionStrings: typeof connectionStrings;
      secretArns: typeof secretArns;
    }>
  >((resolve) => {
    pulumi.output({ consumers, connectionStrings, secretArns }).apply((value) => void resolve(value as never));
  });
}

const secretArn = "arn:aws:mock:eu-central-1:123456789012:orders-readwrite-secret";

test("a role with a password may read its own secret, and use the key only through Secrets Manager", async () => {
  const { consumers } = await resolvedOutputs();
  expect(JSON.parse(consumers.iamPolicies.readwrite)).toEqual({
    Version: "2012-10-17",
    Statement: [
      { Effect: "Allow", Action: "secretsmanager:GetSecretValue", Resource: secretArn },
      {
        Effect: "Allow",
        Action: "kms:Decrypt",
        Resource: platform.keyArn,
        Condition: { StringLike: { "kms:ViaService": "secretsmanager.*.amazonaws.com" } },
      },
    ],
  });
});

test("a role with IAM may connect to this database as itself only, and has no secret", async () => {
  const { consumers, connectionStrings, secretArns } = await resolvedOutputs({
    roles: { readwrite: { authentication: "iam" } },
  });
  expect(JSON.parse(consumers.iamPolicies.readwrite)).toEqual({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Action: "rds-db:connect",
        Resource: "arn:aws:rds-db:eu-central-1:123456789012:dbuser:db-MOCK/readwrite",
      },
    ],
  });
  expect(connectionStrings.readwrite).toBe("postgresql://readwrite@db.internal:5432/orders?sslmode=verify-full");
  expect(secretArns).not.toHaveProperty("readwrite");
  expect(consumers.ecsSecrets.readwrite).toEqual({});
  expect(consumers.externalSecrets.readwrite).toEqual([]);
  expect(consumers.lambdaEnvironments.readwrite).toMatchObject({ PGUSER: "readwrite" });
  expect(consumers.lambdaEnvironments.readwrite).not.toHaveProperty("DATABASE_SECRET_ARN");
});

test("containers, functions and Kubernetes receive references to the secrets, but no password", async () => {
  const { consumers, connectionStrings } = await resolvedOutputs();
  expect(connectionStrings.owner).toBe(
    "postgresql://owner:secret-of-the-mock@db.internal:5432/orders?sslmode=verify-full",
  );
  expect(consumers.ecsSecrets.readwrite).toMatchObject({
    DATABASE_URL: `${secretArn}:url::`,
    PGPASSWORD: `${secretArn}:password::`,
    PGHOST: `${secretArn}:host::`,
  });
  expect(consumers.lambdaEnvironments.readwrite).toEqual({
    PGHOST: "db.internal",
    PGPORT: "5432",
    PGDATABASE: "orders",
    PGSSLMODE: "verify-full",
    DATABASE_SECRET_ARN: secretArn,
  });
  expect(consumers.externalSecrets.readwrite).toContainEqual({
    secretKey: "DATABASE_URL",
    remoteRef: { key: "shipshape/orders/production/orders/readwrite", property: "url" },
  });
  expect(JSON.stringify(consumers)).not.toContain("secret-of-the-mock");
});

test("a connection string is a secret to Pulumi", async () => {
  let string: pulumi.Output<string> | undefined;
  await declare(() => {
    string = new StandardDatabase("orders", { ...request, platform }).connectionStrings.readwrite;
  });
  expect(await pulumi.isSecret(string!)).toBe(true);
});

describe("the password of a role", () => {
  afterEach(() => {
    delete existingSecret.secretString;
    delete existingSecret.stage;
  });
  const secretHolds = (secretString: string) =>
    void Object.assign(existingSecret, { secretString, stage: "AWSCURRENT" });
  /** Mocks receive secrets wrapped. */
  const plain = (value: unknown) => (value as { value: string }).value;
  const passwordOf = (declared: { name: string; inputs: Record<string, unknown> }[]) =>
    plain(declared.find((one) => one.name === "orders-role-readwrite")?.inputs.password);
  const declareOrders = () => declare(() => new StandardDatabase("orders", { ...request, platform }));

  test("is the secret's current value: for the login, the secret's next version and the connection string", async () => {
    secretHolds('{"password":"p@ss/w:rd?#%&"}');
    const declared = await declareOrders();
    expect(passwordOf(declared)).toBe("p@ss/w:rd?#%&");
    const next = JSON.parse(
      plain(declared.find((one) => one.name === "orders-readwrite-secret-version")?.inputs.secretString),
    ) as Record<string, string>;
    expect(next.password).toBe("p@ss/w:rd?#%&");
    expect(next.url).toBe(
      "postgresql://readwrite:p%40ss%2Fw%3Ard%3F%23%25%26@db.internal:5432/orders?sslmode=verify-full",
    );
    expect(decodeURIComponent(new URL(next.url ?? "").password)).toBe("p@ss/w:rd?#%&");
  });

  test("is the generated one while the secret has no current value", async () => {
    existingSecret.stage = "AWSPENDING";
    expect(passwordOf(await declareOrders())).toBe("secret-of-the-mock");
  });
});

test("connection strings contain nothing that poolers or drivers refuse: one option, which verifies the certificate", async () => {
  const { connectionStrings } = await resolvedOutputs();
  for (const [role, url] of Object.entries(connectionStrings)) {
    const { protocol, username, pathname, search } = new URL(url ?? "");
    expect({ protocol, username, pathname, search }).toEqual({
      protocol: "postgresql:",
      username: role,
      pathname: "/orders",
      search: "?sslmode=verify-full",
    });
  }
});

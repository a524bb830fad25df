import * as pulumi from "@pulumi/pulumi";
import { StandardDatabase, type DatabaseRequest, type RoleName } from "../../components";
import { declare, existingSecret, platform, request } from "./declared";

/** Declares `orders` and resolves what `from` takes of it. */
async function resolved<T>(from: (database: StandardDatabase) => T, more: Partial<DatabaseRequest> = {}) {
  let taken: T | undefined;
  await declare(() => void (taken = from(new StandardDatabase("orders", { ...request, ...more, platform }))));
  return new Promise<pulumi.Unwrap<T>>((resolve) => {
    pulumi.output(taken).apply((value) => void resolve(value as pulumi.Unwrap<T>));
  });
}
const everything = (database: StandardDatabase, role: RoleName = "readwrite") => ({
  ecs: database.handOver("ecs", role),
  lambda: database.handOver("lambda", role),
  externalSecrets: database.handOver("external-secrets", role),
  iam: database.handOver("iam", role),
});

const secretArn = "arn:aws:mock:eu-central-1:123456789012:orders-readwrite-secret";

test("a role with a password is handed over by its secret alone: no user name, no password, no address beside it", async () => {
  const { ecs, lambda, externalSecrets, iam } = await resolved(everything);
  expect(ecs).toEqual({
    environment: [
      { name: "DATABASE_SECRET_ARN", value: secretArn },
      { name: "PGSSLMODE", value: "verify-full" },
    ],
    secrets: [
      { name: "DATABASE_URL", valueFrom: `${secretArn}:url::` },
      { name: "PGHOST", valueFrom: `${secretArn}:host::` },
      { name: "PGPORT", valueFrom: `${secretArn}:port::` },
      { name: "PGDATABASE", valueFrom: `${secretArn}:dbname::` },
      { name: "PGUSER", valueFrom: `${secretArn}:username::` },
      { name: "PGPASSWORD", valueFrom: `${secretArn}:password::` },
    ],
  });
  expect(lambda).toEqual({ DATABASE_SECRET_ARN: secretArn, PGSSLMODE: "verify-full" });
  expect(externalSecrets).toEqual({
    apiVersion: "external-secrets.io/v1",
    kind: "ExternalSecret",
    metadata: { name: "orders-production-readwrite" },
    spec: {
      refreshInterval: "1m",
      secretStoreRef: { kind: "ClusterSecretStore", name: "aws-secrets-manager" },
      target: {
        template: {
          engineVersion: "v2",
          data: {
            DATABASE_URL: "{{ .url }}",
            PGHOST: "{{ .host }}",
            PGPORT: "{{ .port }}",
            PGDATABASE: "{{ .dbname }}",
            PGUSER: "{{ .username }}",
            PGPASSWORD: "{{ .password }}",
          },
        },
      },
      dataFrom: [{ extract: { key: "shipshape/orders/production/orders/readwrite" } }],
    },
  });
  expect(iam).toEqual({
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
  expect(JSON.stringify([ecs, lambda, externalSecrets, iam])).not.toContain("secret-of-the-mock");
});

test("the fields that are handed over are in the secret", async () => {
  const declared = await declare(() => new StandardDatabase("orders", { ...request, platform }));
  const version = declared.find((one) => one.name === "orders-readwrite-secret-version");
  const fields = Object.keys(JSON.parse((version?.inputs.secretString as { value: string }).value) as object);
  const { ecs, externalSecrets } = await resolved(everything);
  const wanted = [
    ...ecs.secrets.map(({ valueFrom }) => valueFrom.slice(secretArn.length).split(":")[1]),
    ...[...JSON.stringify(externalSecrets).matchAll(/\{\{ \.(\w+) \}\}/g)].map(([, field]) => field),
  ];
  expect(wanted).toHaveLength(12);
  expect(wanted.filter((field) => !fields.includes(field ?? ""))).toEqual([]);
});

test("a role with IAM may connect to this database as itself only, and has no secret", async () => {
  const roles = { readwrite: { authentication: "iam" } } as const;
  const { ecs, lambda, iam, connectionStrings, secretArns } = await resolved(
    (database) => ({
      ecs: database.handOver("ecs", "readwrite"),
      lambda: database.handOver("lambda", "readwrite"),
      iam: database.handOver("iam", "readwrite"),
      connectionStrings: database.connectionStrings,
      secretArns: database.secretArns,
    }),
    { roles },
  );
  expect(iam).toEqual({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Action: "rds-db:connect",
        Resource: "arn:aws:rds-db:eu-central-1:123456789012:dbuser:db-MOCK/readwrite",
      },
    ],
  });
  const variables = {
    PGHOST: "db.internal",
    PGPORT: "5432",
    PGDATABASE: "orders",
    PGUSER: "readwrite",
    PGSSLMODE: "verify-full",
  };
  expect(lambda).toEqual(variables);
  expect(ecs).toEqual({
    environment: Object.entries(variables).map(([name, value]) => ({ name, value })),
    secrets: [],
  });
  expect(connectionStrings.readwrite).toBe("postgresql://readwrite@db.internal:5432/orders?sslmode=verify-full");
  expect(secretArns).not.toHaveProperty("readwrite");
});

test.each([
  [
    "an unknown target",
    "kubernetes",
    "readwrite",
    {},
    'give one of ecs, lambda, external-secrets, iam (given "kubernetes")',
  ],
  [
    "an unknown role",
    "ecs",
    "admin",
    {},
    'give one of its roles owner, readwrite, readonly, monitoring, shipshape (given "admin")',
  ],
  ["an inherited name", "toString", "readwrite", {}, "give one of ecs"],
  [
    "a role without a secret",
    "external-secrets",
    "readwrite",
    { roles: { readwrite: { authentication: "iam" } } },
    "readwrite has no secret",
  ],
  [
    "a database whose roles come later",
    "ecs",
    "readwrite",
    { accessRoles: "later" },
    'it has no logins yet: accessRoles is "later"',
  ],
] as const)("%s is refused with what to give instead", async (_, target, role, more, reason) => {
  let refused: unknown;
  await declare(() => {
    const database = new StandardDatabase("orders", { ...request, ...more, platform });
    try {
      database.handOver(target as "ecs", role as RoleName);
    } catch (thrown) {
      refused = thrown;
    }
  });
  expect(pulumi.RunError.isInstance(refused)).toBe(true);
  expect((refused as Error).message).toContain(`handOver of orders-production: ${reason}`);
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
  const connectionStrings = await resolved((database) => database.connectionStrings);
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

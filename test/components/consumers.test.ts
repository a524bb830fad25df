import * as pulumi from "@pulumi/pulumi";
import { StandardDatabase, type DatabaseRequest } from "../../components";
import { declare, platform, request } from "./declared";

/** What an application's platform is handed, with every Output resolved. */
async function handed(more: Partial<DatabaseRequest> = {}) {
  let made: StandardDatabase | undefined;
  await declare(() => {
    made = new StandardDatabase("orders", { ...request, ...more, platform });
  });
  const { consumers, connectionStrings, secretArns } = made!;
  return new Promise<pulumi.Unwrap<{ consumers: typeof consumers; connectionStrings: typeof connectionStrings; secretArns: typeof secretArns }>>((resolve) => {
    pulumi.output({ consumers, connectionStrings, secretArns }).apply((value) => void resolve(value as never));
  });
}

const secretArn = "arn:aws:mock:eu-central-1:123456789012:orders-readwrite-secret";

test("a role with a password is let read its own secret, and the key only through Secrets Manager", async () => {
  const { consumers } = await handed();
  expect(JSON.parse(consumers.iamPolicies.readwrite)).toEqual({
    Version: "2012-10-17",
    Statement: [
      { Effect: "Allow", Action: "secretsmanager:GetSecretValue", Resource: secretArn },
      { Effect: "Allow", Action: "kms:Decrypt", Resource: platform.keyArn, Condition: { StringLike: { "kms:ViaService": "secretsmanager.*.amazonaws.com" } } },
    ],
  });
});

test("a role with IAM is let connect as itself to this very database, and has nothing to keep secret", async () => {
  const { consumers, connectionStrings, secretArns } = await handed({ roles: { readwrite: { authentication: "iam" } } });
  expect(JSON.parse(consumers.iamPolicies.readwrite)).toEqual({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: "rds-db:connect", Resource: "arn:aws:rds-db:eu-central-1:123456789012:dbuser:db-MOCK/readwrite" }],
  });
  expect(connectionStrings.readwrite).toBe("postgresql://readwrite@db.internal:5432/orders?sslmode=verify-full");
  expect(secretArns).not.toHaveProperty("readwrite");
  expect(consumers.ecsSecrets.readwrite).toEqual({});
  expect(consumers.externalSecrets.readwrite).toEqual([]);
  expect(consumers.lambdaEnvironments.readwrite).not.toHaveProperty("DATABASE_SECRET_ARN");
});

test("containers, functions and Kubernetes are told where to find what, and no password", async () => {
  const { consumers, connectionStrings } = await handed();
  expect(connectionStrings.owner).toBe("postgresql://owner:secret-of-the-mock@db.internal:5432/orders?sslmode=verify-full&options=-c%20lock_timeout%3D5s");
  expect(consumers.ecsSecrets.readwrite).toMatchObject({
    DATABASE_URL: `${secretArn}:url::`,
    PGPASSWORD: `${secretArn}:password::`,
    PGHOST: `${secretArn}:host::`,
  });
  expect(consumers.lambdaEnvironments.readwrite).toEqual({
    PGHOST: "db.internal",
    PGPORT: "5432",
    PGDATABASE: "orders",
    PGUSER: "readwrite",
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

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { GetSecretValueCommand } from "@aws-sdk/client-secrets-manager";
import type { DBInstance } from "@aws-sdk/client-rds";
import { Client } from "pg";
import type { Cloud } from "../../cloud";

/** What most tests create: the smallest instance, with its own password. */
export const small = {
  DBInstanceClass: "db.t4g.medium",
  Engine: "postgres",
  AllocatedStorage: 20,
  StorageType: "gp3",
  MasterUsername: "shipmaster",
  MasterUserPassword: "correct-horse-battery",
} as const;

/** Runs one statement as the master, over verified TLS to the endpoint that RDS returns; a new connection each time. */
export async function asMaster(
  cloud: Cloud,
  instance: DBInstance,
  sql: string,
  password: string = small.MasterUserPassword,
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- rows differ with the statement, and tests compare them whole
): Promise<any[]> {
  const client = await connect(cloud, instance, password);
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

export async function connect(
  cloud: Cloud,
  instance: DBInstance,
  password: string = small.MasterUserPassword,
): Promise<Client> {
  const client = new Client({
    host: instance.Endpoint!.Address!,
    port: instance.Endpoint!.Port!,
    user: instance.MasterUsername!,
    password,
    database: instance.DBName ?? "postgres",
    ssl: { ca: readFileSync(join(cloud.dataFolder, "ca", "ca.pem"), "utf8") },
  });
  // A database that is killed meanwhile must not end the test process.
  client.on("error", () => undefined);
  await client.connect();
  return client;
}

export async function managedPassword(cloud: Cloud, instance: DBInstance): Promise<string> {
  const { SecretString } = await cloud.secrets.send(
    new GetSecretValueCommand({ SecretId: instance.MasterUserSecret!.SecretArn! }),
  );
  return (JSON.parse(SecretString!) as { password: string }).password;
}

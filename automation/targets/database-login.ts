import {
  DBInstanceNotFoundFault,
  type DBInstance,
  DescribeDBInstancesCommand,
  type DescribeDBInstancesCommandOutput,
} from "@aws-sdk/client-rds";
import { GetSecretValueCommand, ListSecretsCommand, ResourceNotFoundException } from "@aws-sdk/client-secrets-manager";
import { identifierOf, secretNameOf } from "../../components/names";
import { builtIn } from "../../components/standards/built-in";
import { birthsOf, type Standard } from "../../components/standards/standard";
import { ShipshapeError } from "../errors";
import { fleetPagesMax } from "./limits";
import type { AwsClients } from "./aws-access";

/** Everything a client needs to log in to one database as one role. */
export interface DatabaseLogin {
  identifier: string;
  /** Identifies the instance: an identifier may be reused later. */
  resourceId: string;
  /** The PostgreSQL major, such as 17. */
  majorVersion: number;
  host: string;
  port: number;
  database: string;
  user: string;
  password: string;
  /** The role that it logs in for, if its password was rotated: `shipshape` of `shipshape_a`. */
  role?: string;
}

/** The login that AWS calls the master user; RDS manages its secret. All other roles have their own secrets. */
export const masterRole = "master";

/** The login of the control plane in every standard database. */
export const controlRole = "shipshape";

/**
 * `secretName` of a role's secret where the stack says it.
 *
 * @throws database-unknown, database-not-available, database-role-unknown
 */
export async function findDatabaseLogin(
  clients: AwsClients,
  standard: Standard,
  identifier: string,
  role: string,
  databaseName?: string,
  secretName?: string,
): Promise<DatabaseLogin> {
  const instance = await describeDatabase(clients, identifier);
  const { Address: host, Port: port } = instance.Endpoint ?? {};
  if (host === undefined || port === undefined)
    throw new ShipshapeError("database-not-available", { identifier, status: instance.DBInstanceStatus ?? "unknown" });
  requireServing(instance);
  const { username, password } = await readLogin(clients, standard, instance, role, secretName);
  return {
    identifier,
    resourceId: instance.DbiResourceId ?? "",
    majorVersion: Number.parseInt(instance.EngineVersion ?? "", 10),
    host,
    port,
    database: databaseName ?? instance.DBName ?? "postgres",
    user: username,
    password,
    ...([`${role}_a`, `${role}_b`].includes(username) && { role }),
  };
}

/** An identifier can be another database's by now. Errors: database-replaced. */
export function requireSameDatabase(identifier: string, found: string | undefined, expected: string): void {
  if (found !== expected)
    throw new ShipshapeError("database-replaced", { identifier, found: found || "none", expected });
}

export const tagsOf = ({ TagList = [] }: DBInstance): Record<string, string> =>
  Object.fromEntries(TagList.map((t) => [t.Key ?? "", t.Value ?? ""]));

/** @throws database-role-unknown */
export const requireLogin = async (
  clients: AwsClients,
  standard: Standard,
  instance: DBInstance,
  role: string,
): Promise<void> => void (await readLogin(clients, standard, instance, role));

/** States in which RDS works on an instance while the database answers. */
const serving = new Set([
  "available",
  "backing-up",
  "modifying",
  "storage-optimization",
  "storage-config-upgrade",
  "configuring-enhanced-monitoring",
  "configuring-log-exports",
  "configuring-iam-database-auth",
  "resetting-master-credentials",
]);

/** Whether it lets anyone in: with a full storage, for one, RDS does not. */
export const isServing = ({ DBInstanceStatus: status = "unknown" }: DBInstance): boolean => serving.has(status);

/** @throws database-not-available */
export function requireServing(instance: DBInstance): void {
  const { DBInstanceIdentifier: identifier = "", DBInstanceStatus: status = "unknown" } = instance;
  if (!isServing(instance)) throw new ShipshapeError("database-not-available", { identifier, status });
}

export async function describeDatabase({ rds }: AwsClients, identifier: string): Promise<DBInstance> {
  try {
    const { DBInstances: [instance] = [] } = await rds.send(
      new DescribeDBInstancesCommand({ DBInstanceIdentifier: identifier }),
    );
    if (instance !== undefined) return instance;
  } catch (thrown) {
    if (!(thrown instanceof DBInstanceNotFoundFault)) throw thrown;
  }
  const known = await listIdentifiers({ rds });
  throw new ShipshapeError("database-unknown", { identifier, known: known.join(", ") || "none" });
}

async function listIdentifiers({ rds }: Pick<AwsClients, "rds">): Promise<string[]> {
  const found: string[] = [];
  let marker: string | undefined;
  for (let page = 0; page < fleetPagesMax; page++) {
    const answer: DescribeDBInstancesCommandOutput = await rds.send(new DescribeDBInstancesCommand({ Marker: marker }));
    found.push(...(answer.DBInstances ?? []).map((instance) => instance.DBInstanceIdentifier ?? ""));
    marker = answer.Marker;
    if (marker === undefined || marker === "") break;
  }
  return found.sort();
}

async function readLogin(
  clients: AwsClients,
  standard: Standard,
  instance: DBInstance,
  role: string,
  known = role === masterRole ? instance.MasterUserSecret?.SecretArn : undefined,
): Promise<{ username: string; password: string }> {
  const names = known === undefined ? roleSecrets(instance, role, standard) : [known];
  for (const SecretId of names)
    try {
      const { SecretString: text = "{}" } = await clients.secrets.send(new GetSecretValueCommand({ SecretId }));
      return JSON.parse(text) as { username: string; password: string };
    } catch (thrown) {
      if (!(thrown instanceof ResourceNotFoundException)) throw thrown;
    }
  throw new ShipshapeError("database-role-unknown", {
    identifier: instance.DBInstanceIdentifier ?? "",
    role,
    secretName: names.join(" or "),
    known: (await listRoles(clients, standard, instance)).join(", ") || "none yet",
  });
}

/**
 * Secrets are named by the tags of the database, so that no list has to be searched; and as the standard named them when
 * the database was made: the names that fit it come first.
 */
function roleSecrets(instance: DBInstance, role: string, standard: Standard): string[] {
  const { DBInstanceIdentifier: identifier, MasterUsername: username, DBName: databaseName } = instance;
  const tags = tagsOf(instance);
  const tag = (name: "service" | "environment") => tags[standard.tags[name].key] ?? "-";
  const named = { service: tag("service"), environment: tag("environment"), databaseName };
  const likeness = (one: Standard) =>
    Number(identifierOf(named, one) === identifier) + Number(one.birth.masterUsername === username);
  const births = [...birthsOf(standard), builtIn.birth].map((birth) => ({ ...standard, birth }));
  const names = births
    .sort((one, other) => likeness(other) - likeness(one))
    .map((one) => secretNameOf(named, role as "owner", one));
  return [...new Set(names)];
}

async function listRoles({ secrets }: AwsClients, standard: Standard, instance: DBInstance): Promise<string[]> {
  const roles = new Set<string>(instance.MasterUserSecret ? [masterRole] : []);
  for (const pattern of roleSecrets(instance, anyRole, standard)) {
    const [prefix = "", suffix = ""] = pattern.split(anyRole);
    const { SecretList = [] } = await secrets.send(
      new ListSecretsCommand({ MaxResults: 100, Filters: [{ Key: "name", Values: [prefix] }] }),
    );
    for (const { Name: name = "" } of SecretList)
      if (name.startsWith(prefix) && name.endsWith(suffix))
        roles.add(name.slice(prefix.length, name.length - suffix.length));
  }
  return [...roles].sort();
}
/** No role has it. */
const anyRole = "*";

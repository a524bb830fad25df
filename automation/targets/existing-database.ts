/** One database that was created elsewhere, by its resource id, with what else says how it differs from the standard. */
import { DescribeDBInstancesCommand, paginateDescribeDBParameters, type DBInstance } from "@aws-sdk/client-rds";
import { ShipshapeError } from "../errors";
import type { QueriedCloud } from "../fleet-records";
import type { AwsClients } from "./aws-access";
import { requireServing } from "./database-login";
import { accountIn, accountOf, addressOfAnswers, describeCloud } from "./queried-cloud";
import { RdsQueries } from "./rds-queries";

export interface ExistingInstance {
  cloud: QueriedCloud;
  instance: DBInstance;
  /** What was set in its parameter group; undefined if the API refuses to list them. */
  parameters: Record<string, string> | undefined;
}

/** Errors: import-unknown, import-replica, import-engine, database-not-available, and those of an unreachable cloud. */
export async function existingInstance(
  { rds: client, sts }: AwsClients,
  resourceId: string,
): Promise<ExistingInstance> {
  const address = addressOfAnswers(client);
  const { DBInstances: [instance] = [] } = await client.send(
    new DescribeDBInstancesCommand({ Filters: [{ Name: "dbi-resource-id", Values: [resourceId] }] }),
  );
  const account = accountIn([instance?.DBInstanceArn]) ?? (await accountOf(sts));
  const cloud = { account, region: await client.config.region(), address: address() };
  if (!instance) throw new ShipshapeError("import-unknown", { resourceId, cloud: describeCloud(cloud) });
  requireImportable(instance);
  requireServing(instance);
  return { cloud, instance, parameters: await parametersOf(instance, client) };
}

function requireImportable({
  DBInstanceIdentifier: identifier = "",
  Engine: engine = "unknown",
  DBClusterIdentifier: cluster,
  ReadReplicaSourceDBInstanceIdentifier: source,
}: DBInstance): void {
  if (engine !== "postgres") throw new ShipshapeError("import-engine", { identifier, engine });
  if (cluster)
    throw new ShipshapeError("import-engine", { identifier, engine: `a member of the Multi-AZ cluster ${cluster}` });
  if (source) throw new ShipshapeError("import-replica", { identifier, source });
}

async function parametersOf(
  { DBParameterGroups: [group] = [] }: DBInstance,
  client: AwsClients["rds"],
): Promise<Record<string, string> | undefined> {
  const name = group?.DBParameterGroupName ?? "";
  if (name.startsWith("default.")) return {};
  const queries = new RdsQueries();
  const found = await queries.all(
    "DescribeDBParameters",
    () => paginateDescribeDBParameters({ client }, { DBParameterGroupName: name, Source: "user" }),
    (page) => page.Parameters,
  );
  if (queries.unanswered.length > 0) return undefined;
  return Object.fromEntries(
    found.map(({ ParameterName = "", ParameterValue = "" }) => [ParameterName, ParameterValue]),
  );
}

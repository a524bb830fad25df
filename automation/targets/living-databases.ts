/** Everything the RDS API tells of the databases of an account and Region, declared by a stack or not. */
import {
  paginateDescribeDBClusters,
  paginateDescribeDBInstances,
  paginateDescribeDBParameterGroups,
  paginateDescribeDBParameters,
  paginateDescribeDBSnapshots,
  paginateDescribeEventSubscriptions,
  type DBCluster,
  type DBInstance,
  type DBParameterGroup,
  type DBSnapshot,
  type EventSubscription,
  type Parameter,
} from "@aws-sdk/client-rds";
import { fleetPagesMax } from "../limits";
import type { AwsClients } from "./aws-access";

export interface LivingDatabases {
  region: string;
  instances: DBInstance[];
  clusters: DBCluster[];
  /** Only those that an instance uses, with what was set in them. */
  parameterGroups: { group: DBParameterGroup; parameters: Parameter[] }[];
  eventSubscriptions: EventSubscription[];
  /** Snapshots shared with everybody. */
  publicSnapshots: DBSnapshot[];
  /** Actions this cloud does not have. */
  unanswered: string[];
}

export async function livingDatabases({ rds: client }: AwsClients): Promise<LivingDatabases> {
  const unanswered: string[] = [];
  const ask = async <Page, One>(action: string, pages: AsyncIterable<Page>, of: (page: Page) => One[] | undefined): Promise<One[]> => {
    try {
      return await all(pages, of);
    } catch (error) {
      if (!isUnsupported(error)) throw error;
      unanswered.push(action);
      return [];
    }
  };
  const instances = await all(paginateDescribeDBInstances({ client }, {}), (page) => page.DBInstances);
  const clusters = await ask("DescribeDBClusters", paginateDescribeDBClusters({ client }, {}), (page) => page.DBClusters);
  const used = new Set(instances.flatMap((one) => (one.DBParameterGroups ?? []).map(({ DBParameterGroupName }) => DBParameterGroupName)));
  const groups = (await all(paginateDescribeDBParameterGroups({ client }, {}), (page) => page.DBParameterGroups)).filter(({ DBParameterGroupName }) =>
    used.has(DBParameterGroupName),
  );
  const parameterGroups = [];
  for (const group of groups) {
    const parameters = await all(
      paginateDescribeDBParameters({ client }, { DBParameterGroupName: group.DBParameterGroupName, Source: "user" }),
      (page) => page.Parameters,
    );
    parameterGroups.push({ group, parameters });
  }
  const eventSubscriptions = await ask("DescribeEventSubscriptions", paginateDescribeEventSubscriptions({ client }, {}), (page) => page.EventSubscriptionsList);
  const own = new Set(instances.map(({ DBInstanceArn }) => accountOf(DBInstanceArn)));
  const publicSnapshots = (
    await ask("DescribeDBSnapshots", paginateDescribeDBSnapshots({ client }, { SnapshotType: "public" }), (page) => page.DBSnapshots)
  ).filter(({ DBSnapshotArn }) => own.has(accountOf(DBSnapshotArn)));
  return { region: await client.config.region(), instances, clusters, parameterGroups, eventSubscriptions, publicSnapshots, unanswered };
}

const accountOf = (arn: string | undefined): string | undefined => arn?.split(":")[4];

async function all<Page, One>(pages: AsyncIterable<Page>, of: (page: Page) => One[] | undefined): Promise<One[]> {
  const found: One[] = [];
  let read = 0;
  for await (const page of pages) {
    found.push(...(of(page) ?? []));
    if (++read >= fleetPagesMax) break;
  }
  return found;
}

/** The embedded cloud refuses by name what it does not have; AWS has them all. */
function isUnsupported(error: unknown): boolean {
  return error instanceof Error && ["InvalidAction", "NotImplemented", "UnsupportedOperation"].includes(error.name);
}

/** Everything the RDS API reports about the databases of an account and Region, declared by a stack or not. */
import {
  DescribeDBClusterSnapshotAttributesCommand,
  paginateDescribeDBClusterParameterGroups,
  paginateDescribeDBClusterParameters,
  paginateDescribeDBClusters,
  paginateDescribeDBClusterSnapshots,
  paginateDescribeDBInstances,
  paginateDescribeDBParameterGroups,
  paginateDescribeDBParameters,
  paginateDescribeDBProxies,
  paginateDescribeDBSnapshots,
  paginateDescribeEventSubscriptions,
  type DBCluster,
  type DBClusterSnapshot,
  type DBInstance,
  type DBProxy,
  type DBSnapshot,
  type EventSubscription,
  type Parameter,
} from "@aws-sdk/client-rds";
import { awsClients, type AwsClients } from "./aws-access";
import type { Location, QueriedCloud } from "../fleet-records";
import { askEach, type Answers } from "./locations";
import { accountIn, accountOf, addressOfAnswers } from "./queried-cloud";
import { parametersSetIn } from "./parameters-set";
import { RdsQueries } from "./rds-queries";
import { accountsIn, sharedAccountsOf } from "./snapshot-sharing";
import { supportEndsOf, type SupportEnds } from "./support-ends";

export interface LiveParameterGroup {
  arn: string | undefined;
  name: string | undefined;
  family: string | undefined;
  ofCluster: boolean;
  /** What was set in it. */
  parameters: Parameter[];
}

export interface LiveDatabases {
  region: string;
  cloud: QueriedCloud;
  instances: DBInstance[];
  clusters: DBCluster[];
  /** Only those that a database uses, without AWS's own, which cannot be changed. */
  parameterGroups: LiveParameterGroup[];
  eventSubscriptions: EventSubscription[];
  proxies: DBProxy[];
  /** Manual snapshots, the only kind that can be shared, with the accounts they are shared with. */
  snapshots: (DBSnapshot & { sharedAccounts: string[] })[];
  clusterSnapshots: (DBClusterSnapshot & { sharedAccounts: string[] })[];
  /** The last day of standard support of each engine and major that runs; without those of which RDS names none. */
  supportEnds: SupportEnds;
  /** Calls that failed or were incomplete, and why: what they would have returned was not judged. */
  unanswered: string[];
}

/**
 * Of all these accounts and Regions; of the environment's own if none are given. Errors, if that does not answer:
 * fleet-unreadable, and those of an unreachable cloud.
 */
export async function liveFleet(locations: readonly Location[]): Promise<Answers<LiveDatabases>> {
  if (locations.length === 0)
    return { answers: [{ location: {}, result: await liveDatabases(awsClients()) }], unreachable: [] };
  return askEach(locations, async (clients) => {
    const result = await liveDatabases(clients);
    return { result, account: result.cloud.account };
  });
}

/** One database alone, with the parameter groups that it has. */
export async function liveDatabase(clients: AwsClients, instance: DBInstance): Promise<LiveDatabases> {
  const { rds: client } = clients;
  const address = addressOfAnswers(client);
  const queries = new RdsQueries();
  const names = (instance.DBParameterGroups ?? []).flatMap(({ DBParameterGroupName: name }) => name ?? []);
  const parameterGroups = await inTurn(
    names.filter((name) => !name.startsWith("default.")),
    async (name) => {
      const [group] = await queries.all(
        "DescribeDBParameterGroups",
        () => paginateDescribeDBParameterGroups({ client }, { DBParameterGroupName: name }),
        (page) => page.DBParameterGroups,
      );
      const set = (await parametersSetIn(clients, queries, name, [])) ?? [];
      return {
        ...{ arn: group?.DBParameterGroupArn, name, family: group?.DBParameterGroupFamily, ofCluster: false },
        parameters: set.map((one) => ({ ParameterName: one.name, ParameterValue: one.value })),
      };
    },
  );
  const region = await client.config.region();
  return {
    region,
    cloud: { account: accountIn([instance.DBInstanceArn]), region, address: address() },
    ...{ instances: [instance], clusters: [], parameterGroups, eventSubscriptions: [], proxies: [] },
    ...{ snapshots: [], clusterSnapshots: [], supportEnds: await supportEndsOf(client, queries, [instance]) },
    unanswered: queries.unanswered,
  };
}

export async function liveDatabases({ rds: client, sts }: AwsClients): Promise<LiveDatabases> {
  const address = addressOfAnswers(client);
  const queries = new RdsQueries();
  const all = queries.all.bind(queries);
  const instances = await queries.mustAll(
    "DescribeDBInstances",
    () => paginateDescribeDBInstances({ client }, {}),
    (page) => page.DBInstances,
  );
  const clusters = await all(
    "DescribeDBClusters",
    () => paginateDescribeDBClusters({ client }, {}),
    (page) => page.DBClusters,
  );
  const parameterGroups = [...(await instanceGroups(instances)), ...(await clusterGroups(clusters))];
  const eventSubscriptions = await all(
    "DescribeEventSubscriptions",
    () => paginateDescribeEventSubscriptions({ client }, {}),
    (page) => page.EventSubscriptionsList,
  );
  const proxies = await all(
    "DescribeDBProxies",
    () => paginateDescribeDBProxies({ client }, {}),
    (page) => page.DBProxies,
  );
  // Deleted databases leave snapshots behind, so snapshots are listed separately.
  const snapshots = await all(
    "DescribeDBSnapshots",
    () => paginateDescribeDBSnapshots({ client }, { SnapshotType: "manual" }),
    (page) => page.DBSnapshots,
  );
  const accounts = await sharedAccountsOf(client, queries, snapshots);
  const clusterSnapshots = await all(
    "DescribeDBClusterSnapshots",
    () => paginateDescribeDBClusterSnapshots({ client }, { SnapshotType: "manual" }),
    (page) => page.DBClusterSnapshots,
  );
  const clusterAccounts = await accountsIn(queries, clusterSnapshots, async ({ DBClusterSnapshotIdentifier }) => {
    const answer = await client.send(new DescribeDBClusterSnapshotAttributesCommand({ DBClusterSnapshotIdentifier }));
    return answer.DBClusterSnapshotAttributesResult?.DBClusterSnapshotAttributes;
  });
  const supportEnds = await supportEndsOf(client, queries, [...instances, ...clusters]);
  const region = await client.config.region();
  const arns = [
    ...instances.map(({ DBInstanceArn }) => DBInstanceArn),
    ...clusters.map(({ DBClusterArn }) => DBClusterArn),
  ];
  const cloud = { account: accountIn(arns) ?? (await accountOf(sts)), region, address: address() };
  return {
    region,
    cloud,
    instances,
    clusters,
    parameterGroups,
    eventSubscriptions,
    proxies,
    snapshots: snapshots.map((one, at) => ({ ...one, sharedAccounts: accounts[at] ?? [] })),
    clusterSnapshots: clusterSnapshots.map((one, at) => ({ ...one, sharedAccounts: clusterAccounts[at] ?? [] })),
    supportEnds,
    unanswered: queries.unanswered,
  };

  async function instanceGroups(of: readonly DBInstance[]): Promise<LiveParameterGroup[]> {
    const used = new Set(
      of.flatMap((one) => (one.DBParameterGroups ?? []).map(({ DBParameterGroupName }) => DBParameterGroupName)),
    );
    const groups = await all(
      "DescribeDBParameterGroups",
      () => paginateDescribeDBParameterGroups({ client }, {}),
      (page) => page.DBParameterGroups,
    );
    return inTurn(
      groups.filter(({ DBParameterGroupName: name }) => isOwn(name, used)),
      async ({ DBParameterGroupName: name, DBParameterGroupArn: arn, DBParameterGroupFamily: family }) => {
        const pages = () => paginateDescribeDBParameters({ client }, { DBParameterGroupName: name, Source: "user" });
        return {
          arn,
          name,
          family,
          ofCluster: false,
          parameters: await all("DescribeDBParameters", pages, (page) => page.Parameters),
        };
      },
    );
  }

  async function clusterGroups(of: readonly DBCluster[]): Promise<LiveParameterGroup[]> {
    const used = new Set(of.map(({ DBClusterParameterGroup }) => DBClusterParameterGroup));
    if (used.size === 0) return [];
    const pages = () => paginateDescribeDBClusterParameterGroups({ client }, {});
    const groups = await all("DescribeDBClusterParameterGroups", pages, (page) => page.DBClusterParameterGroups);
    return inTurn(
      groups.filter(({ DBClusterParameterGroupName: name }) => isOwn(name, used)),
      async ({
        DBClusterParameterGroupName: name,
        DBClusterParameterGroupArn: arn,
        DBParameterGroupFamily: family,
      }) => {
        const set = () =>
          paginateDescribeDBClusterParameters({ client }, { DBClusterParameterGroupName: name, Source: "user" });
        return {
          arn,
          name,
          family,
          ofCluster: true,
          parameters: await all("DescribeDBClusterParameters", set, (page) => page.Parameters),
        };
      },
    );
  }
}

const isOwn = (name: string | undefined, used: ReadonlySet<string | undefined>): boolean =>
  used.has(name) && !name?.startsWith("default.");

async function inTurn<One, Result>(ones: readonly One[], query: (one: One) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = [];
  for (const one of ones) results.push(await query(one));
  return results;
}

/**
 * The fleet as the RDS API knows it: every PostgreSQL instance of the account and Region, declared by a stack or not,
 * and its automated backups.
 */
import {
  paginateDescribeDBInstanceAutomatedBackups,
  paginateDescribeDBInstances,
  type DBInstance,
  type RestoreWindow,
} from "@aws-sdk/client-rds";
import { reasonOf } from "../errors";
import { fleetAnswerSeconds } from "./limits";
import type { FleetAnswer, FleetDatabase, Location } from "../fleet-records";
import type { AwsAccess, AwsClients } from "./aws-access";
import { askEach } from "./locations";
import { tagsOf } from "./database-login";
import { accountIn, accountOf, addressOfAnswers } from "./queried-cloud";
import { completeList } from "./rds-queries";
import { targetOf } from "./database-instance";

/**
 * The fleet of all these accounts and Regions; of the environment's own if none are given. One that does not answer is
 * among the unreachable, and holds up no other.
 */
export async function askFleets(
  locations: readonly Location[],
  identifier?: string,
  access: AwsAccess = {},
): Promise<FleetAnswer> {
  const ask = async (clients: AwsClients) => {
    const answer = await askFleet(clients, identifier);
    return answer.asked ? { result: answer, account: answer.clouds?.[0]?.account } : answer;
  };
  const { answers, unreachable } = await askEach(locations, ask, access);
  if (locations.length === 0)
    return answers[0]?.result ?? { asked: false, reason: unreachable[0]?.reason ?? "it was not asked" };
  return {
    asked: true,
    databases: answers.flatMap(({ result }) => result.databases),
    clouds: answers.flatMap(({ result }) => result.clouds ?? []),
    unreachable,
  };
}

/**
 * Also resolves if the API could not be queried: that is a result too, different from having no databases. With an
 * identifier, only that database is asked about.
 */
export async function askFleet({ rds: client, sts }: AwsClients, identifier?: string): Promise<FleetAnswer> {
  const abortSignal = AbortSignal.timeout(fleetAnswerSeconds * 1000);
  const only = { DBInstanceIdentifier: identifier };
  try {
    const address = addressOfAnswers(client);
    const instances = await completeList(
      "DescribeDBInstances",
      () => paginateDescribeDBInstances({ client }, only, { abortSignal }),
      (page) => page.DBInstances,
      abortSignal,
    );
    const backups = await completeList(
      "DescribeDBInstanceAutomatedBackups",
      () => paginateDescribeDBInstanceAutomatedBackups({ client }, only, { abortSignal }),
      (page) => page.DBInstanceAutomatedBackups,
      abortSignal,
    );
    const windows = new Map(backups.map((b) => [b.DbiResourceId, b.RestoreWindow]));
    // A read replica belongs to its source, whose data, backups and recovery it has: `drift` says if nothing declares it.
    const databases = instances
      .filter((i) => i.Engine?.includes("postgres") && !i.ReadReplicaSourceDBInstanceIdentifier)
      .map((i) => fleetDatabase(i, windows.get(i.DbiResourceId)));
    const arns = instances.map((i) => i.DBInstanceArn);
    // Without any instance only STS knows the account, and what was declared in it is missing, not elsewhere.
    const account = accountIn(arns) ?? (instances.length === 0 ? await accountOf(sts) : undefined);
    return {
      asked: true,
      databases,
      clouds: [{ account, region: await client.config.region(), address: address() }],
    };
  } catch (error) {
    return {
      asked: false,
      reason: abortSignal.aborted ? `the RDS API did not answer within ${fleetAnswerSeconds} s` : reasonOf(error),
    };
  }
}

function fleetDatabase(i: DBInstance, window: RestoreWindow | undefined): FleetDatabase {
  const backupRetentionDays = i.BackupRetentionPeriod ?? 0;
  return {
    ...targetOf(i),
    restorableFrom: (backupRetentionDays > 0 && i.LatestRestorableTime && window?.EarliestTime) || null,
    backupRetentionDays,
    size: {
      instanceClass: i.DBInstanceClass ?? "",
      storageGib: i.AllocatedStorage ?? 0,
      storageType: i.StorageType ?? "",
    },
    tags: tagsOf(i),
  };
}

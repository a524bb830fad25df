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
import { targetDatabase, type FleetAnswer, type FleetDatabase } from "../fleet-records";
import type { AwsClients } from "./aws-access";
import { tagsOf } from "./database-login";
import { accountIn, accountOf, addressOfAnswers } from "./queried-cloud";
import { completeList } from "./rds-queries";

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
    const databases = instances
      .filter((i) => i.Engine?.includes("postgres"))
      .map((i) => fleetDatabase(i, windows.get(i.DbiResourceId)));
    const arns = instances.map((i) => i.DBInstanceArn);
    // Without any instance only STS knows the account, and what was declared in it is missing, not elsewhere.
    const account = accountIn(arns) ?? (instances.length === 0 ? await accountOf(sts) : undefined);
    return {
      asked: true,
      databases,
      cloud: { account, region: await client.config.region(), address: address() },
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
    ...targetDatabase({
      identifier: i.DBInstanceIdentifier ?? "",
      resourceId: i.DbiResourceId ?? "",
      arn: i.DBInstanceArn ?? "",
    }),
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

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
import { fleetAnswerSeconds, fleetPagesMax } from "./limits";
import { targetDatabase, type FleetAnswer, type FleetDatabase } from "../records";
import type { AwsClients } from "./aws-access";

/** Also resolves if the API could not be queried: that is a result too, different from having no databases. */
export async function askFleet({ rds: client }: AwsClients): Promise<FleetAnswer> {
  const abortSignal = AbortSignal.timeout(fleetAnswerSeconds * 1000);
  try {
    const windows = new Map<string | undefined, RestoreWindow | undefined>();
    const instances = await whole(
      paginateDescribeDBInstances({ client }, {}, { abortSignal }),
      ({ DBInstances = [] }) => DBInstances,
    );
    const backups = paginateDescribeDBInstanceAutomatedBackups({ client }, {}, { abortSignal });
    for (const b of await whole(backups, (page) => page.DBInstanceAutomatedBackups ?? []))
      windows.set(b.DbiResourceId, b.RestoreWindow);
    const databases = instances
      .filter((i) => i.Engine?.includes("postgres"))
      .map((i) => fleetDatabase(i, windows.get(i.DbiResourceId)));
    return { asked: true, databases };
  } catch (error) {
    return {
      asked: false,
      reason: abortSignal.aborted ? `the RDS API did not answer within ${fleetAnswerSeconds} s` : reasonOf(error),
    };
  }
}

async function whole<Page, One>(pages: AsyncIterable<Page>, of: (page: Page) => One[]): Promise<One[]> {
  const found: One[] = [];
  let read = 0;
  for await (const page of pages) {
    found.push(...of(page));
    if (++read >= fleetPagesMax)
      throw new Error(`the RDS API lists more than ${fleetPagesMax} pages of databases or backups`);
  }
  return found;
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
    run: i.TagList?.find(({ Key }) => Key === "shipshape:run")?.Value,
  };
}

/** The fleet as the RDS API knows it: every PostgreSQL instance of the account and Region, declared by a stack or not. */
import { paginateDescribeDBInstances, type DBInstance } from "@aws-sdk/client-rds";
import { reasonOf } from "../errors";
import { fleetAnswerSeconds, fleetPagesMax } from "../limits";
import { targetDatabase, type FleetAnswer, type FleetDatabase } from "../records";
import type { AwsClients } from "./aws-access";

/** Resolves also where the API could not be asked: that is an answer too, and not the one that there are no databases. */
export async function askFleet({ rds: client }: AwsClients): Promise<FleetAnswer> {
  const abortSignal = AbortSignal.timeout(fleetAnswerSeconds * 1000);
  try {
    const databases: FleetDatabase[] = [];
    let pages = 0;
    for await (const { DBInstances = [] } of paginateDescribeDBInstances({ client }, {}, { abortSignal })) {
      databases.push(...DBInstances.filter((i) => i.Engine?.includes("postgres")).map(fleetDatabase));
      if (++pages >= fleetPagesMax) return { asked: false, reason: `the RDS API lists more than ${fleetPagesMax} pages of databases` };
    }
    return { asked: true, databases };
  } catch (error) {
    return { asked: false, reason: abortSignal.aborted ? `the RDS API gave no answer within ${fleetAnswerSeconds} s` : reasonOf(error) };
  }
}

function fleetDatabase(i: DBInstance): FleetDatabase {
  const database = targetDatabase({ identifier: i.DBInstanceIdentifier ?? "", resourceId: i.DbiResourceId ?? "", arn: i.DBInstanceArn ?? "" });
  return { ...database, hasBackups: (i.BackupRetentionPeriod ?? 0) > 0 && i.LatestRestorableTime !== undefined };
}

/** What operations ask of and do to one DB instance through the RDS API, beside logging in to it. */
import { DBInstanceNotFoundFault, DeleteDBInstanceCommand, DescribeDBInstancesCommand, DescribeEventsCommand, type DBInstance } from "@aws-sdk/client-rds";
import type { AwsClients } from "./aws-access";

/** The instance, or undefined when RDS knows none of that name. */
export async function findDatabase({ rds }: AwsClients, identifier: string): Promise<DBInstance | undefined> {
  try {
    return (await rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: identifier }))).DBInstances?.[0];
  } catch (error) {
    if (error instanceof DBInstanceNotFoundFault) return undefined;
    throw error;
  }
}

/** Deletes a throwaway with everything of it: no final snapshot, no retained backups. One that is gone already is no error. */
export async function deleteDatabase({ rds }: AwsClients, identifier: string): Promise<void> {
  try {
    await rds.send(new DeleteDBInstanceCommand({ DBInstanceIdentifier: identifier, SkipFinalSnapshot: true, DeleteAutomatedBackups: true }));
  } catch (error) {
    if (!(error instanceof DBInstanceNotFoundFault)) throw error;
  }
}

/** The messages of the instance's events of the last hour, oldest first. */
export async function databaseEvents({ rds }: AwsClients, identifier: string): Promise<string[]> {
  const { Events = [] } = await rds.send(new DescribeEventsCommand({ SourceType: "db-instance", SourceIdentifier: identifier, Duration: 60 }));
  return Events.sort((a, b) => (a.Date?.getTime() ?? 0) - (b.Date?.getTime() ?? 0)).map((e) => e.Message ?? "");
}

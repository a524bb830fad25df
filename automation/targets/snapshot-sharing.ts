/** Which accounts may restore snapshots of this one: one call for each, several at a time. */
import { DescribeDBSnapshotAttributesCommand, type DBSnapshot, type RDSClient } from "@aws-sdk/client-rds";
import { atOnce } from "../at-once";
import { snapshotQueriesAtOnceMax } from "./limits";
import type { RdsQueries } from "./rds-queries";

type Attributes = { AttributeName?: string; AttributeValues?: string[] }[] | undefined;

export const sharedAccountsOf = (client: RDSClient, queries: RdsQueries, snapshots: readonly DBSnapshot[]) =>
  accountsIn(queries, snapshots, async ({ DBSnapshotIdentifier }) => {
    const answer = await client.send(new DescribeDBSnapshotAttributesCommand({ DBSnapshotIdentifier }));
    return answer.DBSnapshotAttributesResult?.DBSnapshotAttributes;
  });

/** The account ids of each, or `all`; undefined for those that the API did not answer. */
export async function accountsIn<One>(
  queries: RdsQueries,
  snapshots: readonly One[],
  attributes: (one: One) => Promise<Attributes>,
): Promise<(string[] | undefined)[]> {
  return atOnce(snapshots, snapshotQueriesAtOnceMax, async (one) => {
    const answer = await queries.one("the attributes of snapshots", () => attributes(one));
    return answer && (answer.find(({ AttributeName }) => AttributeName === "restore")?.AttributeValues ?? []);
  });
}

/** The values that were set in a parameter group. */
import { paginateDescribeDBParameters } from "@aws-sdk/client-rds";
import type { AwsClients } from "./aws-access";
import type { RdsQueries } from "./rds-queries";

/**
 * Those that someone set, and `also` those of these names if they have a value: one whose value is the family's own does
 * not count as set. Undefined if the API did not say.
 */
export async function parametersSetIn(
  { rds: client }: AwsClients,
  queries: RdsQueries,
  group: string,
  also: readonly string[],
): Promise<{ name: string; value: string }[] | undefined> {
  const list = async (source: { Source?: string }) => {
    const failed = queries.unanswered.length;
    const found = await queries.all(
      "DescribeDBParameters",
      () => paginateDescribeDBParameters({ client }, { DBParameterGroupName: group, ...source }),
      (page) => page.Parameters,
    );
    return queries.unanswered.length > failed ? undefined : found.flatMap(valueOf);
  };
  const set = await list({ Source: "user" });
  const missing = also.filter((name) => !set?.some((one) => one.name === name));
  if (!set || missing.length === 0) return set;
  // Hundreds, on several pages: only where a declared one is not among those that were set.
  const all = await list({});
  return all && [...set, ...all.filter(({ name }) => missing.includes(name))];
}

const valueOf = ({
  ParameterName: name,
  ParameterValue: value,
}: {
  ParameterName?: string;
  ParameterValue?: string;
}) => (name === undefined || value === undefined ? [] : [{ name, value }]);

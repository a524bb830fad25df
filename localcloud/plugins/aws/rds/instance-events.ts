import { DescribeEventsCommand, type RDSClient } from "@aws-sdk/client-rds";
import type { Context } from "../../adapter/resource";
import type { AwsConfig } from "../configuration";

/**
 * `warningEventCategories`: what RDS reported about the instance while it was created or changed, as warnings of the
 * operation.
 */
export async function warnOfEvents(
  rds: RDSClient,
  identifier: string,
  categories: string[] | undefined,
  since: Date,
  context: Context<AwsConfig>,
): Promise<void> {
  if (!categories?.length) return;
  const { Events } = await rds.send(
    new DescribeEventsCommand({
      SourceIdentifier: identifier,
      SourceType: "db-instance",
      StartTime: since,
      EventCategories: categories,
    }),
  );
  for (const event of Events ?? [])
    context.log("warning", `${identifier}: ${event.Message ?? ""} (${(event.EventCategories ?? []).join(", ")})`);
}

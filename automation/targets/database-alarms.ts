/** The alarms of CloudWatch about one DB instance. Untried on AWS: the request is tested against the service's model. */
import { CloudWatchClient, paginateDescribeAlarms, type MetricAlarm } from "@aws-sdk/client-cloudwatch";
import type { AlarmState, FoundAlarm } from "../alarm-records";
import { reasonOf, ShipshapeError } from "../errors";
import { clientSettings, explaining, type AwsAccess } from "./aws-access";
import { alarmAttemptsMax, alarmPageSize, alarmPagesMax } from "./limits";

interface Watched {
  identifier: string;
  /** Now, and before a switchover: what is declared of it follows its name some minutes later. */
  resourceIds: readonly string[];
}

/**
 * Those that are named after it, as the standard names them, and are about a metric of it: another database may have a
 * longer name that begins alike. Errors: alarms-unreadable, cloud-unreachable, cloud-credentials, cloud-region.
 */
export async function alarmsAbout(client: CloudWatchClient, watched: Watched): Promise<FoundAlarm[]> {
  const asked = { AlarmNamePrefix: `${watched.identifier}-`, AlarmTypes: ["MetricAlarm" as const] };
  const found: FoundAlarm[] = [];
  let pages = 0;
  try {
    for await (const { MetricAlarms = [] } of paginateDescribeAlarms({ client, pageSize: alarmPageSize }, asked)) {
      found.push(...MetricAlarms.filter((alarm) => isAbout(alarm, watched)).map(foundAlarm));
      if (++pages > alarmPagesMax) throw new Error(`it has more than ${alarmPagesMax} pages`);
    }
  } catch (error) {
    if (error instanceof ShipshapeError) throw error;
    const reason = `${(error as Error).name}: ${reasonOf(error)}`;
    throw new ShipshapeError("alarms-unreadable", { database: watched.identifier, reason }, { cause: error });
  }
  return found;
}

/** It waits longer the more it is throttled: a ring asks about thousands of databases. */
export const alarmClient = (access: AwsAccess): CloudWatchClient =>
  explaining(
    new CloudWatchClient({ ...clientSettings(access), retryMode: "adaptive", maxAttempts: alarmAttemptsMax }),
    access,
  );

/** A metric has the name of the database, and a counter of Database Insights its resource id. */
function isAbout({ Dimensions, Metrics = [] }: MetricAlarm, { identifier, resourceIds }: Watched): boolean {
  const all = [Dimensions, ...Metrics.map(({ MetricStat }) => MetricStat?.Metric?.Dimensions)];
  return (
    all.some((some) => some?.some(({ Name, Value }) => Name === "DBInstanceIdentifier" && Value === identifier)) ||
    Metrics.some(({ Expression = "" }) => resourceIds.some((id) => Expression.includes(`'${id}'`)))
  );
}

/** A state that is not known is no OK. */
const foundAlarm = (alarm: MetricAlarm): FoundAlarm => ({
  name: alarm.AlarmName ?? "",
  state: states.find((one) => one === alarm.StateValue) ?? "INSUFFICIENT_DATA",
  reason: alarm.StateReason ?? "",
  since: alarm.StateTransitionedTimestamp ?? null,
});
const states: readonly AlarmState[] = ["OK", "ALARM", "INSUFFICIENT_DATA"];

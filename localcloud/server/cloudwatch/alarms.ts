import type { Clock } from "../clock";
import type { RecordSet } from "../recorded/record-set";
import type { Properties, RecordedResource } from "../recorded/recorded-type";
import type { Collection, Store } from "../storage/store";

export const ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";

export const alarmStates = ["OK", "ALARM", "INSUFFICIENT_DATA"] as const;

/** As SetAlarmState has set it. */
interface SetState {
  /** The alarm's, and when that was created: one that is created again begins again. */
  name: string;
  region: string;
  createdAt: string;
  value: (typeof alarmStates)[number];
  reason: string;
  reasonData?: string | undefined;
  updatedAt: string;
  /** When its value became another. */
  changedAt: string;
}

/**
 * The states of recorded alarms. This cloud has no metrics: an alarm stays as AWS creates it, or as it was set, where on
 * AWS its next evaluation would set it again.
 */
export class AlarmStates {
  private readonly states: Collection<SetState>;

  constructor(
    store: Store,
    private readonly clock: Clock,
    private readonly recordSet: RecordSet,
  ) {
    this.states = store.collection<SetState>("alarm-states");
  }

  /** In the order of their names, as DescribeAlarms returns them. */
  alarms(region: string): RecordedResource[] {
    const recorded = this.recordSet.list(ALARM, region).filter((one) => one.region === region);
    return recorded.sort((one, other) => (one.id < other.id ? -1 : 1));
  }

  set(alarm: RecordedResource, state: Pick<SetState, "value" | "reason" | "reasonData">): void {
    const { id: name, region, createdAt } = alarm;
    const updatedAt = this.clock.now().toISOString();
    const was = this.stateOf(alarm);
    const changedAt = was.value === state.value ? was.changedAt : updatedAt;
    this.states.put(keyOf(alarm), { name, region, createdAt, ...state, updatedAt, changedAt });
  }

  stateOf(alarm: RecordedResource): Pick<SetState, "value" | "reason" | "reasonData" | "updatedAt" | "changedAt"> {
    const set = this.states.get(keyOf(alarm));
    if (set?.createdAt === alarm.createdAt) return set;
    const since = { updatedAt: alarm.createdAt, changedAt: alarm.createdAt };
    return { value: "INSUFFICIENT_DATA", reason: "Unchecked: Initial alarm creation", ...since };
  }
}

const keyOf = ({ region, id }: RecordedResource): string => `${region}/${id}`;

/** An alarm as DescribeAlarms returns it, but for its state. */
export function describedAlarm({ id, arn, properties: p, createdAt }: RecordedResource): object {
  return {
    AlarmName: id,
    AlarmArn: arn,
    AlarmDescription: p["alarmDescription"],
    AlarmConfigurationUpdatedTimestamp: new Date(createdAt),
    ActionsEnabled: p["actionsEnabled"] ?? true,
    OKActions: p["okActions"] ?? [],
    AlarmActions: p["alarmActions"] ?? [],
    InsufficientDataActions: p["insufficientDataActions"] ?? [],
    EvaluationPeriods: p["evaluationPeriods"],
    DatapointsToAlarm: p["datapointsToAlarm"],
    Threshold: p["threshold"],
    ComparisonOperator: p["comparisonOperator"],
    TreatMissingData: p["treatMissingData"] ?? "missing",
    ...metricOf(p),
    Statistic: p["statistic"],
    ExtendedStatistic: p["extendedStatistic"],
    Period: p["period"],
    Unit: p["unit"],
    ThresholdMetricId: p["thresholdMetricId"],
    Metrics: queriesOf(p).map((query) => {
      const metric = query["metric"] as Properties | undefined;
      return {
        Id: query["id"],
        Expression: query["expression"],
        Label: query["label"],
        ReturnData: query["returnData"] ?? false,
        Period: query["period"],
        AccountId: query["accountId"],
        ...(metric && {
          MetricStat: {
            Metric: metricOf(metric),
            Period: metric["period"],
            Stat: metric["stat"],
            Unit: metric["unit"],
          },
        }),
      };
    }),
  };
}

const queriesOf = (p: Properties): Properties[] => (p["metricQueries"] as Properties[] | undefined) ?? [];

const metricOf = ({ namespace, metricName, dimensions }: Properties): object => ({
  Namespace: namespace,
  MetricName: metricName,
  Dimensions: Object.entries((dimensions as Record<string, string> | undefined) ?? {}).map(([Name, Value]) => ({
    Name,
    Value,
  })),
});

import * as cloudwatch from "@pulumi/aws/cloudwatch";
import type * as rds from "@pulumi/aws/rds";
import type { input } from "@pulumi/aws/types";
import * as pulumi from "@pulumi/pulumi";
import type { StandardShape } from "./standard-shape";
import type { AlarmThresholds } from "./standards/standard";
import type { Tags } from "./tags";

/** One alarm of the standard: either a metric of AWS/RDS or a metric-math expression over some. */
export interface StandardAlarm {
  suffix: string;
  description: string;
  comparison: "GreaterThanThreshold" | "LessThanThreshold";
  threshold: number;
  /** Seconds of one data point. */
  periodSeconds: number;
  /** How many data points in a row must breach. */
  points: number;
  treatMissingData: "missing" | "notBreaching";
  metric?: { name: string; statistic: "Average" | "Maximum" | "Minimum" };
  math?: (instance: {
    identifier: string;
    resourceId: string;
  }) => { id: string; expression?: string; metricName?: string; statistic?: string; returnData: boolean }[];
}

const GIB = 1024 ** 3;

/**
 * What an on-call engineer wants to be woken for, with the thresholds of the tier, for the size. gp3 has no burst
 * balance, and RDS for PostgreSQL publishes no deadlocks metric: hence EBS balances and Database Insights' counter.
 */
export function standardAlarms(shape: StandardShape, from: AlarmThresholds): StandardAlarm[] {
  const above = (
    suffix: string,
    metric: string,
    threshold: number,
    description: string,
    more: Partial<StandardAlarm> = {},
  ): StandardAlarm => ({
    suffix,
    description,
    threshold,
    comparison: "GreaterThanThreshold",
    periodSeconds: 300,
    points: 3,
    treatMissingData: "missing",
    metric: { name: metric, statistic: "Average" },
    ...more,
  });
  const below = (
    suffix: string,
    metric: string,
    threshold: number,
    description: string,
    more: Partial<StandardAlarm> = {},
  ): StandardAlarm => above(suffix, metric, threshold, description, { comparison: "LessThanThreshold", ...more });
  return [
    above("cpu", "CPUUtilization", from.cpuPercent, "CPU is nearly used up (percent)"),
    below(
      "free-storage",
      "FreeStorageSpace",
      (from.freeStoragePercent / 100) * shape.allocatedStorageGib * GIB,
      `less than ${share(from.freeStoragePercent)} of the allocated storage is free (bytes)`,
      {
        metric: { name: "FreeStorageSpace", statistic: "Minimum" },
      },
    ),
    hoursToFull(shape),
    below(
      "freeable-memory",
      "FreeableMemory",
      (from.freeMemoryPercent / 100) * shape.memoryGib * GIB,
      `less than ${share(from.freeMemoryPercent)} of the memory can be freed (bytes)`,
    ),
    above(
      "connections",
      "DatabaseConnections",
      Math.floor((from.connectionsPercent / 100) * connectionsMax(shape)),
      `${share(from.connectionsPercent)} of the connections are taken`,
      {
        metric: { name: "DatabaseConnections", statistic: "Maximum" },
      },
    ),
    above("disk-queue", "DiskQueueDepth", 16 * shape.vcpus, "requests wait for the disk"),
    above("read-latency", "ReadLatency", from.latencyMilliseconds / 1000, "reads are slow (seconds)"),
    above("write-latency", "WriteLatency", from.latencyMilliseconds / 1000, "writes are slow (seconds)"),
    {
      suffix: "deadlocks",
      description: "transactions deadlock (per second)",
      comparison: "GreaterThanThreshold",
      threshold: 0.1,
      periodSeconds: 60,
      points: 5,
      treatMissingData: "notBreaching",
      math: ({ resourceId }) => [
        {
          id: "deadlocks",
          expression: `DB_PERF_INSIGHTS('RDS', '${resourceId}', 'db.Concurrency.deadlocks.avg')`,
          returnData: true,
        },
      ],
    },
    // Autovacuum becomes aggressive at 200 million (autovacuum_freeze_max_age); the server stops accepting writes near
    // 2.1 billion.
    above(
      "transaction-ids",
      "MaximumUsedTransactionIDs",
      1_000_000_000,
      "half of the transaction ids are used: vacuum does not keep up",
      {
        metric: { name: "MaximumUsedTransactionIDs", statistic: "Maximum" },
      },
    ),
    // No slot, no metric: that is the healthy state.
    above(
      "replication-slot",
      "OldestReplicationSlotLag",
      0.05 * shape.allocatedStorageGib * GIB,
      "the oldest replication slot keeps a twentieth of the storage (bytes)",
      { treatMissingData: "notBreaching", metric: { name: "OldestReplicationSlotLag", statistic: "Maximum" } },
    ),
    below("ebs-io-balance", "EBSIOBalance%", 20, "the class's share of I/O operations runs out (percent)", {
      treatMissingData: "notBreaching",
    }),
    below("ebs-byte-balance", "EBSByteBalance%", 20, "the class's share of throughput runs out (percent)", {
      treatMissingData: "notBreaching",
    }),
    ...(shape.burstableCpu
      ? [
          below(
            "cpu-credits",
            "CPUCreditBalance",
            24 * shape.vcpus,
            "CPU credits run out: soon the class gives a fraction of its CPU",
          ),
        ]
      : []),
  ];
}

/** Of read replicas only: how far behind the source one is. */
export const replicaLagAlarm: StandardAlarm = {
  suffix: "replica-lag",
  description: "the replica is minutes behind its source (seconds)",
  comparison: "GreaterThanThreshold",
  threshold: 300,
  periodSeconds: 60,
  points: 5,
  // Without the metric replication may have ended, which is worse than a lag.
  treatMissingData: "missing",
  metric: { name: "ReplicaLag", statistic: "Maximum" },
};

/** In words where people would use them. */
const share = (percent: number): string => ({ 10: "a tenth", 80: "four fifths" })[percent] ?? `${percent} %`;

/**
 * The alarm that fits both the current and the requested size. A new size waits for the maintenance window, and
 * thresholds of the size that does not apply would only cause false alarms; so the more tolerant of the two counts
 * until both are equal.
 */
export function fittingAlarm(
  suffix: string,
  asked: StandardShape,
  runs: StandardShape,
  from: AlarmThresholds,
): Pick<StandardAlarm, "threshold" | "math"> {
  // Storage never shrinks, and autoscaling may have added some: less than what runs will never be.
  const reached = { ...asked, allocatedStorageGib: Math.max(asked.allocatedStorageGib, runs.allocatedStorageGib) };
  const current = { ...asked, allocatedStorageGib: runs.allocatedStorageGib };
  const [wanted, now, present] = [reached, { ...runs, burstableCpu: asked.burstableCpu }, current].map((shape) => {
    const found = standardAlarms(shape, from).find((standard) => standard.suffix === suffix);
    if (!found) throw new Error(`no alarm ${suffix}`);
    return found;
  });
  const patient = wanted!.comparison === "LessThanThreshold" ? Math.min : Math.max;
  return { threshold: patient(wanted!.threshold, now!.threshold), ...(present!.math ? { math: present!.math } : {}) };
}

/**
 * At the growth rate of the last hours, including what autoscaling can still add. A database that does not grow counts
 * as a year away from full.
 */
function hoursToFull(shape: StandardShape): StandardAlarm {
  const headroomBytes = (shape.storageCapGib - shape.allocatedStorageGib) * GIB;
  return {
    suffix: "hours-to-full",
    description: "storage, autoscaling included, is full within two days (hours)",
    comparison: "LessThanThreshold",
    threshold: 48,
    periodSeconds: 3_600,
    points: 3,
    treatMissingData: "missing",
    math: () => [
      { id: "free", metricName: "FreeStorageSpace", statistic: "Minimum", returnData: false },
      {
        id: "hours",
        expression: `IF(RATE(free) < 0, (free + ${headroomBytes}) / (0 - RATE(free)) / 3600, 8760)`,
        returnData: true,
      },
    ],
  };
}

/** RDS's default: LEAST({DBInstanceClassMemory/9531392}, 5000); a team's own value overrides it. */
function connectionsMax(shape: StandardShape): number {
  const own = shape.parameters.max_connections;
  return own ? Number(own) : Math.min(5_000, Math.floor((shape.memoryGib * GIB) / 9_531_392));
}

/** The alarm as CloudWatch stores it, with every property set: an alarm that was muted by hand must show as drift. */
export function alarm(
  name: string,
  standard: StandardAlarm,
  fitting: pulumi.Output<Pick<StandardAlarm, "threshold" | "math">>,
  instance: rds.Instance,
  settings: { identifier: string; topicArn: pulumi.Input<string>; tags: Tags },
  options: pulumi.CustomResourceOptions,
): cloudwatch.MetricAlarm {
  const dimensions = { DBInstanceIdentifier: settings.identifier };
  const measured = standard.metric
    ? {
        namespace: "AWS/RDS",
        metricName: standard.metric.name,
        statistic: standard.metric.statistic,
        period: standard.periodSeconds,
        dimensions,
      }
    : {
        metricQueries: pulumi
          .all([instance.resourceId, fitting])
          .apply(([resourceId, { math }]) =>
            queries({ ...standard, ...(math ? { math } : {}) }, settings.identifier, resourceId),
          ),
      };
  return new cloudwatch.MetricAlarm(
    `${name}-${standard.suffix}`,
    {
      name: `${settings.identifier}-${standard.suffix}`,
      alarmDescription: standard.description,
      comparisonOperator: standard.comparison,
      threshold: fitting.threshold,
      evaluationPeriods: standard.points,
      datapointsToAlarm: standard.points,
      treatMissingData: standard.treatMissingData,
      actionsEnabled: true,
      alarmActions: [settings.topicArn],
      okActions: [settings.topicArn],
      insufficientDataActions: [],
      tags: settings.tags,
      ...measured,
    },
    options,
  );
}

function queries(
  standard: StandardAlarm,
  identifier: string,
  resourceId: string,
): input.cloudwatch.MetricAlarmMetricQuery[] {
  return (standard.math?.({ identifier, resourceId }) ?? []).map((query) => ({
    id: query.id,
    returnData: query.returnData,
    ...(query.expression
      ? {
          expression: query.expression,
          label: standard.suffix,
          ...(query.expression.startsWith("DB_PERF_INSIGHTS") ? { period: standard.periodSeconds } : {}),
        }
      : {}),
    ...(query.metricName
      ? {
          metric: {
            namespace: "AWS/RDS",
            metricName: query.metricName,
            stat: query.statistic ?? "Average",
            period: standard.periodSeconds,
            dimensions: { DBInstanceIdentifier: identifier },
          },
        }
      : {}),
  }));
}

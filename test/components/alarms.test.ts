import { StandardDatabase, type DatabaseRequest } from "../../components";
import { declare, platform, request } from "./declared";

const GIB = 1024 ** 3;

/** What CloudWatch receives for each alarm of a database. */
async function alarmsOf(more: Partial<DatabaseRequest>): Promise<Record<string, Record<string, unknown>>> {
  const declared = await declare(() => new StandardDatabase("orders", { ...request, ...more, platform }));
  const alarms = declared.filter((one) => one.type === "aws:cloudwatch/metricAlarm:MetricAlarm");
  return Object.fromEntries(alarms.map(({ name, inputs }) => [name.replace("orders-alarm-", ""), inputs]));
}
const summary = ({
  comparisonOperator,
  threshold,
  metricName,
  statistic,
  period,
  evaluationPeriods,
  datapointsToAlarm,
  treatMissingData,
}: Record<string, unknown>) =>
  [
    metricName ?? "math",
    statistic ?? "",
    comparisonOperator === "LessThanThreshold" ? "<" : ">",
    threshold,
    period ?? "",
    evaluationPeriods,
    datapointsToAlarm,
    treatMissingData,
  ].join(" ");
const summaries = (alarms: Record<string, Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(alarms).map(([name, inputs]) => [name, summary(inputs)]));

test("a small gold database alerts at exactly these thresholds", async () => {
  const alarms = await alarmsOf({});
  expect(summaries(alarms)).toEqual({
    cpu: "CPUUtilization Average > 80 300 3 3 missing",
    "free-storage": `FreeStorageSpace Minimum < ${2 * GIB} 300 3 3 missing`,
    "hours-to-full": "math  < 48  3 3 missing",
    "freeable-memory": `FreeableMemory Average < ${0.4 * GIB} 300 3 3 missing`,
    connections: "DatabaseConnections Maximum > 360 300 3 3 missing",
    "disk-queue": "DiskQueueDepth Average > 32 300 3 3 missing",
    "read-latency": "ReadLatency Average > 0.02 300 3 3 missing",
    "write-latency": "WriteLatency Average > 0.02 300 3 3 missing",
    deadlocks: "math  > 0.1  5 5 notBreaching",
    "transaction-ids": "MaximumUsedTransactionIDs Maximum > 1000000000 300 3 3 missing",
    "replication-slot": `OldestReplicationSlotLag Maximum > ${GIB} 300 3 3 notBreaching`,
    "ebs-io-balance": "EBSIOBalance% Average < 20 300 3 3 notBreaching",
    "ebs-byte-balance": "EBSByteBalance% Average < 20 300 3 3 notBreaching",
    "cpu-credits": "CPUCreditBalance Average < 48 300 3 3 missing",
  });
  for (const inputs of Object.values(alarms))
    expect(inputs).toMatchObject({
      actionsEnabled: true,
      alarmActions: [platform.topicArn],
      okActions: [platform.topicArn],
      insufficientDataActions: [],
    });
});

test("alarms that combine metrics read this database's metrics, and count the storage autoscaling can still add", async () => {
  const alarms = await alarmsOf({});
  const dimensions = { DBInstanceIdentifier: "orders-production" };
  const freeStorage = {
    namespace: "AWS/RDS",
    metricName: "FreeStorageSpace",
    stat: "Minimum",
    period: 3_600,
    dimensions,
  };
  expect(alarms["hours-to-full"]?.metricQueries).toEqual([
    { id: "free", returnData: false, metric: freeStorage },
    {
      id: "hours",
      returnData: true,
      label: "hours-to-full",
      expression: `IF(RATE(free) < 0, (free + ${80 * GIB}) / (0 - RATE(free)) / 3600, 8760)`,
    },
  ]);
  expect(alarms.deadlocks?.metricQueries).toEqual([
    {
      id: "deadlocks",
      returnData: true,
      label: "deadlocks",
      period: 60,
      expression: "DB_PERF_INSIGHTS('RDS', 'db-MOCK', 'db.Concurrency.deadlocks.avg')",
    },
  ]);
  expect(alarms.cpu).toMatchObject({ namespace: "AWS/RDS", dimensions });
});

test("a large bronze database has higher thresholds before it alerts", async () => {
  expect(summaries(await alarmsOf({ tier: "bronze", size: "large" }))).toMatchObject({
    cpu: "CPUUtilization Average > 90 300 3 3 missing",
    "free-storage": `FreeStorageSpace Minimum < ${50 * GIB} 300 3 3 missing`,
    "freeable-memory": `FreeableMemory Average < ${3.2 * GIB} 300 3 3 missing`,
    connections: "DatabaseConnections Maximum > 2883 300 3 3 missing",
    "disk-queue": "DiskQueueDepth Average > 64 300 3 3 missing",
    "read-latency": "ReadLatency Average > 0.05 300 3 3 missing",
    "write-latency": "WriteLatency Average > 0.05 300 3 3 missing",
    "replication-slot": `OldestReplicationSlotLag Maximum > ${25 * GIB} 300 3 3 notBreaching`,
  });
});

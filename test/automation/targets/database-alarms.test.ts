// The alarms of one database among those of others, and what is asked of CloudWatch for them, by the service's model.
import { CloudWatchClient, DescribeAlarmsInput$, type MetricAlarm } from "@aws-sdk/client-cloudwatch";
import { alarmsAbout } from "../../../automation/targets/database-alarms";
import { allows, policies } from "../../docs/rights/policies";

const about = (name: string) => [{ Name: "DBInstanceIdentifier", Value: name }];
const alarm = (AlarmName: string, more: Partial<MetricAlarm>): MetricAlarm => ({
  AlarmName,
  StateValue: "OK",
  ...more,
});

/** Answers page after page; then refuses, if it is to. */
function clientOf(pages: MetricAlarm[][], refuses?: Error) {
  const asked: Record<string, unknown>[] = [];
  const client = new CloudWatchClient({ region: "eu-central-1" });
  client.send = (({ input }: { input: Record<string, unknown> }) => {
    asked.push(input);
    if (refuses) return Promise.reject(refuses);
    const at = Number(input["NextToken"] ?? 0);
    const isLast = at + 1 >= pages.length;
    return Promise.resolve({ MetricAlarms: pages[at], ...(!isLast && { NextToken: String(at + 1) }) });
  }) as never;
  return { client, asked };
}
const orders = { identifier: "orders", resourceIds: ["db-ORDERSNOW", "db-ORDERS"] };
const found = async (pages: MetricAlarm[][]) => alarmsAbout(clientOf(pages).client, orders);

test("alarms are of a database by their metric, whatever name another begins with", async () => {
  const stat = { MetricStat: { Metric: { Dimensions: about("orders") }, Period: 60, Stat: "Average" } };
  const insights = (id: string) => [{ Id: "d", Expression: `DB_PERF_INSIGHTS('RDS', '${id}', 'db.x.avg')` }];
  const since = new Date("2026-11-28T11:00:00Z");
  const all = await found([
    [
      alarm("orders-cpu", {
        Dimensions: about("orders"),
        StateValue: "ALARM",
        StateReason: "Threshold Crossed",
        StateTransitionedTimestamp: since,
      }),
      alarm("orders-history-cpu", { Dimensions: about("orders-history") }),
      alarm("orders-queue", { Dimensions: [{ Name: "QueueName", Value: "orders" }] }),
    ],
    [
      alarm("orders-hours-to-full", { Metrics: [{ Id: "free", ...stat }] }),
      alarm("orders-deadlocks", { Metrics: insights("db-ORDERS"), StateValue: "INSUFFICIENT_DATA" }),
      alarm("orders-history-deadlocks", { Metrics: insights("db-ORDERSHISTORY") }),
      alarm("orders-new-kind", { Dimensions: about("orders"), StateValue: "SNOOZED" as never }),
    ],
  ]);
  expect(all).toEqual([
    { name: "orders-cpu", state: "ALARM", reason: "Threshold Crossed", since },
    { name: "orders-hours-to-full", state: "OK", reason: "", since: null },
    { name: "orders-deadlocks", state: "INSUFFICIENT_DATA", reason: "", since: null },
    // What is not known is no OK.
    { name: "orders-new-kind", state: "INSUFFICIENT_DATA", reason: "", since: null },
  ]);
});

test("what is asked is in the service's model, and the documented role of workers allows it", async () => {
  const { client, asked } = clientOf([[], []]);
  await alarmsAbout(client, orders);
  const [, , , , members] = DescribeAlarmsInput$ as unknown as [number, string, string, number, string[]];
  expect(asked).toHaveLength(2);
  for (const input of asked)
    expect(Object.keys(input).filter((name) => input[name] !== undefined && !members.includes(name))).toEqual([]);
  expect(allows(policies.worker, "cloudwatch:DescribeAlarms", "*")).toBe(true);
  expect(allows(policies.worker, "cloudwatch:SetAlarmState", "*")).toBe(false);
});

test("a refusal and too many pages are errors with a code, and never no alarms", async () => {
  const denied = Object.assign(new Error("not authorized"), { name: "AccessDenied" });
  await expect(alarmsAbout(clientOf([], denied).client, orders)).rejects.toMatchObject({
    ...{ code: "alarms-unreadable", message: expect.stringContaining("AccessDenied: not authorized") },
    hint: expect.stringContaining("cloudwatch:DescribeAlarms"),
  });
  await expect(found(Array.from({ length: 12 }, () => []))).rejects.toMatchObject({ code: "alarms-unreadable" });
});

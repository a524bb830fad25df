// States of alarms, through the real CloudWatch client: this cloud has no metrics, and people and tests set them.
import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  ListMetricsCommand,
  paginateDescribeAlarms,
  SetAlarmStateCommand,
  type DescribeAlarmsCommandInput,
  type StateValue,
} from "@aws-sdk/client-cloudwatch";
import { type Cloud, startCloud } from "../../cloud";
import { callOwn } from "./own-endpoint";

const path = "/shipshape/recorded";
const type = "aws:cloudwatch/metricAlarm:MetricAlarm";

let cloud: Cloud;
let client: CloudWatchClient;
beforeAll(async () => {
  cloud = await startCloud();
  client = new CloudWatchClient(cloud.client());
  for (const [name, dimension] of Object.entries({ "orders-cpu": "orders", "orders-disk": "orders", "b-cpu": "b" }))
    await record(name, { namespace: "AWS/RDS", metricName: "CPU", dimensions: { DBInstanceIdentifier: dimension } });
});
afterAll(async () => {
  client?.destroy();
  await cloud?.stop();
});

const record = (name: string, properties: object, region?: string) =>
  callOwn(cloud, "POST", path, {
    type,
    name,
    properties: { name, ...given, ...properties },
    ...(region && { region }),
  });
const given = {
  ...{ comparisonOperator: "GreaterThanThreshold", threshold: 80.5, evaluationPeriods: 3, datapointsToAlarm: 3 },
  ...{ statistic: "Average", period: 300, treatMissingData: "missing", alarmActions: ["arn:aws:sns:x:1:alarms"] },
};
const described = async (input: DescribeAlarmsCommandInput = {}) =>
  (await client.send(new DescribeAlarmsCommand(input))).MetricAlarms ?? [];
const names = async (input: DescribeAlarmsCommandInput) => (await described(input)).map(({ AlarmName }) => AlarmName);
const set = (AlarmName: string, StateValue: StateValue, StateReason = "a test") =>
  client.send(new SetAlarmStateCommand({ AlarmName, StateValue, StateReason }));

test("an alarm has no data until its state is set, and is described as it was declared", async () => {
  const [alarm] = await described({ AlarmNames: ["orders-cpu"] });
  expect(alarm).toMatchObject({
    AlarmArn: "arn:aws:cloudwatch:eu-central-1:123456789012:alarm:orders-cpu",
    ...{ StateValue: "INSUFFICIENT_DATA", Threshold: 80.5, EvaluationPeriods: 3, Period: 300, ActionsEnabled: true },
    Dimensions: [{ Name: "DBInstanceIdentifier", Value: "orders" }],
    StateUpdatedTimestamp: expect.any(Date),
  });
  await set("orders-cpu", "ALARM", "Threshold Crossed");
  expect(await described({ AlarmNames: ["orders-cpu"] })).toMatchObject([
    { StateValue: "ALARM", StateReason: "Threshold Crossed" },
  ]);
  const [was] = await described({ AlarmNames: ["orders-cpu"] });
  await set("orders-cpu", "ALARM", "still");
  const [again] = await described({ AlarmNames: ["orders-cpu"] });
  expect(again!.StateTransitionedTimestamp).toEqual(was!.StateTransitionedTimestamp);
  expect(await names({ StateValue: "ALARM" })).toEqual(["orders-cpu"]);
  expect(await names({ AlarmNamePrefix: "orders-", StateValue: "INSUFFICIENT_DATA" })).toEqual(["orders-disk"]);
});

test("a state outlives the cloud's process, and a deleted alarm's is forgotten", async () => {
  await set("b-cpu", "OK");
  await cloud.restart();
  client.destroy();
  client = new CloudWatchClient(cloud.client());
  expect(await described({ AlarmNames: ["b-cpu"] })).toMatchObject([{ StateValue: "OK" }]);
  await callOwn(cloud, "DELETE", `${path}?${new URLSearchParams({ type, id: "b-cpu" })}`);
  expect(await described({ AlarmNames: ["b-cpu"] })).toEqual([]);
  await record("b-cpu", {});
  expect(await described({ AlarmNames: ["b-cpu"] })).toMatchObject([{ StateValue: "INSUFFICIENT_DATA" }]);
});

test("alarms of another Region are others, and metric math names its metrics", async () => {
  const metric = { namespace: "AWS/RDS", metricName: "Free", stat: "Minimum", period: 60, dimensions: { A: "b" } };
  const metricQueries = [
    { id: "free", metric, returnData: false },
    { id: "hours", expression: "RATE(free)", label: "hours", returnData: true },
  ];
  await record("math", { metricQueries }, "eu-west-1");
  expect(await names({ AlarmNamePrefix: "math" })).toEqual([]);
  const there = new CloudWatchClient({ ...cloud.client(), region: "eu-west-1" });
  const { MetricAlarms } = await there.send(new DescribeAlarmsCommand({}));
  there.destroy();
  expect(MetricAlarms).toMatchObject([
    {
      AlarmName: "math",
      Metrics: [
        { Id: "free", MetricStat: { Stat: "Minimum", Metric: { Dimensions: [{ Name: "A", Value: "b" }] } } },
        { Id: "hours", Expression: "RATE(free)", ReturnData: true },
      ],
    },
  ]);
});

test("all are read page by page, each once", async () => {
  const found: (string | undefined)[] = [];
  let pages = 0;
  for await (const { MetricAlarms = [] } of paginateDescribeAlarms({ client, pageSize: 2 }, {})) {
    pages++;
    found.push(...MetricAlarms.map(({ AlarmName }) => AlarmName));
  }
  expect([pages, found]).toEqual([2, ["b-cpu", "orders-cpu", "orders-disk"]]);
});

test("what cannot be is refused with the client's own errors, and what is not supported says so", async () => {
  await expect(set("absent", "OK")).rejects.toMatchObject({ name: "ResourceNotFound" });
  await expect(described({ AlarmNames: ["a"], AlarmNamePrefix: "a" })).rejects.toThrow(/takes one of them/);
  await expect(described({ ChildrenOfAlarmName: "a" })).rejects.toThrow(/does not support the parameter/);
  await expect(client.send(new ListMetricsCommand({}))).rejects.toThrow(/nothing is measured/);
});

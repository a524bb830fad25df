import { z } from "zod";
import { type Service, action } from "../wire/action";
import { AwsError } from "../wire/aws-error";
import { alarmStates, describedAlarm } from "./alarms";

const stateValue = z.enum(alarmStates);
const alarmName = z.string().min(1).max(255);

const described = z.strictObject({
  AlarmNames: z.array(alarmName).max(100).optional(),
  AlarmNamePrefix: alarmName.optional(),
  AlarmTypes: z.array(z.enum(["MetricAlarm", "CompositeAlarm", "LogAlarm"])).default(["MetricAlarm"]),
  StateValue: stateValue.optional(),
  ActionPrefix: z.string().min(1).max(1024).optional(),
  MaxRecords: z.int().min(1).max(100).default(50),
  NextToken: z.string().optional(),
});

const set = z.strictObject({
  AlarmName: alarmName,
  StateValue: stateValue,
  StateReason: z.string().max(1023),
  StateReasonData: z.string().max(4000).optional(),
});

/** The states of recorded alarms, without metrics: what has set one is a call of SetAlarmState. */
export const cloudWatch: Service = {
  name: "monitoring",
  protocol: "json",
  actions: [
    action({
      name: "DescribeAlarms",
      input: described,
      run(input, { cloud, region }) {
        const { AlarmNames: names, AlarmNamePrefix: prefix, StateValue: state, ActionPrefix: actions } = input;
        if (names && prefix !== undefined)
          throw new AwsError(
            "ValidationError",
            "AlarmNames and AlarmNamePrefix were both given; DescribeAlarms takes one of them.",
          );
        const found = cloud.alarmStates
          .alarms(region)
          .filter(({ id }) => names?.includes(id) ?? id.startsWith(prefix ?? ""))
          .map((alarm) => ({ alarm, is: cloud.alarmStates.stateOf(alarm) }))
          .filter(({ is }) => state === undefined || is.value === state)
          .filter(
            ({ alarm }) => actions === undefined || actionsOf(alarm.properties).some((one) => one.startsWith(actions)),
          );
        const wanted = input.AlarmTypes.includes("MetricAlarm") ? found : [];
        // The token names the last alarm of the page before: those that are created meanwhile shift nothing.
        const left = wanted.filter(({ alarm }) => input.NextToken === undefined || alarm.id > nameIn(input.NextToken));
        const page = left.slice(0, input.MaxRecords);
        return {
          MetricAlarms: page.map(({ alarm, is }) => ({
            ...describedAlarm(alarm),
            StateValue: is.value,
            StateReason: is.reason,
            StateReasonData: is.reasonData,
            StateUpdatedTimestamp: new Date(is.updatedAt),
            StateTransitionedTimestamp: new Date(is.changedAt),
          })),
          CompositeAlarms: [],
          ...(page.length < left.length && { NextToken: tokenOf(page.at(-1)!.alarm.id) }),
        };
      },
    }),
    action({
      name: "SetAlarmState",
      input: set,
      run({ AlarmName, StateValue: value, StateReason: reason, StateReasonData: reasonData }, { cloud, region }) {
        const alarm = cloud.alarmStates.alarms(region).find(({ id }) => id === AlarmName);
        if (!alarm) throw new AwsError("ResourceNotFound", "Unknown", 404);
        cloud.alarmStates.set(alarm, { value, reason, reasonData });
      },
    }),
  ],
  notSupported: Object.fromEntries(
    ["PutMetricAlarm", "DeleteAlarms", "DescribeAlarmsForMetric", "PutMetricData", "GetMetricData", "ListMetrics"].map(
      (name) => [name, "alarms are created and deleted by Pulumi, and nothing is measured"],
    ),
  ),
};

const actionsOf = (properties: Record<string, unknown>): string[] =>
  ["okActions", "alarmActions", "insufficientDataActions"].flatMap((name) => (properties[name] ?? []) as string[]);

const tokenOf = (name: string): string => Buffer.from(name).toString("base64url");
const nameIn = (token: string): string => Buffer.from(token, "base64url").toString();

import type { CheckFailure } from "../../adapter/resource";
import { isUnknown, type PropertyValues } from "../../adapter/wire";
import { autoname } from "../generated-names";
import {
  between,
  computed,
  createOnly,
  decimal,
  flag,
  named,
  object,
  objectSet,
  oneOf,
  output,
  region,
  required,
  tagged,
  text,
  textMap,
  textSet,
  whole,
  withDefault,
} from "../property-kinds";
import { recorded } from "./recorded-type";

/** What CloudWatch Logs accepts; 0 means forever. */
const retentionDays = [
  0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

export const logGroup = recorded({
  noun: "CloudWatch Logs Log Group",
  autoname: autoname(512),
  properties: {
    ...named,
    ...tagged,
    arn: output(text),
    deletionProtectionEnabled: computed(flag),
    kmsKeyId: text,
    logGroupClass: createOnly(computed(oneOf(text, "STANDARD", "INFREQUENT_ACCESS", "DELIVERY"))),
    region,
    retentionInDays: oneOf(whole, ...retentionDays),
    skipDestroy: flag,
  },
});

const metric = {
  dimensions: textMap,
  metricName: required(text),
  namespace: text,
  period: required(whole),
  stat: required(text),
  unit: text,
};
const metricQuery = {
  accountId: text,
  expression: text,
  id: required(text),
  label: text,
  metric: object(metric),
  period: whole,
  returnData: flag,
};
const comparisons = [
  "GreaterThanOrEqualToThreshold",
  "GreaterThanThreshold",
  "LessThanThreshold",
  "LessThanOrEqualToThreshold",
  "LessThanLowerOrGreaterThanUpperThreshold",
  "LessThanLowerThreshold",
  "GreaterThanUpperThreshold",
];

export const metricAlarm = recorded({
  noun: "CloudWatch Metric Alarm",
  autoname: autoname(255),
  properties: {
    ...tagged,
    actionsEnabled: withDefault(flag, true),
    alarmActions: textSet,
    alarmDescription: text,
    arn: output(text),
    comparisonOperator: oneOf(text, ...comparisons),
    datapointsToAlarm: between(whole, 1),
    dimensions: textMap,
    evaluateLowSampleCountPercentiles: computed(oneOf(text, "evaluate", "ignore")),
    evaluationCriteria: object({
      promqlCriteria: required(object({ pendingPeriod: whole, query: required(text), recoveryPeriod: whole })),
    }),
    evaluationInterval: whole,
    evaluationPeriods: between(whole, 1),
    extendedStatistic: text,
    insufficientDataActions: textSet,
    metricName: text,
    metricQueries: objectSet(metricQuery),
    name: createOnly(computed(text)),
    namespace: text,
    okActions: textSet,
    period: whole,
    region,
    statistic: oneOf(text, "SampleCount", "Average", "Sum", "Minimum", "Maximum"),
    threshold: decimal,
    thresholdMetricId: text,
    treatMissingData: withDefault(oneOf(text, "missing", "ignore", "breaching", "notBreaching"), "missing"),
    unit: text,
    warmUpConfiguration: object({
      onlyStartEvaluatingAfterWarmUpPeriodEnds: flag,
      warmUpPeriodDurationInMinutes: required(whole),
    }),
  },
  check: checkAlarm,
});

const exclusive: [string, string][] = [
  ["metricName", "metricQueries"],
  ["namespace", "metricQueries"],
  ["dimensions", "metricQueries"],
  ["statistic", "metricQueries"],
  ["period", "metricQueries"],
  ["statistic", "extendedStatistic"],
  ["threshold", "thresholdMetricId"],
];

function checkAlarm(inputs: PropertyValues): CheckFailure[] {
  const failures = exclusive
    .filter(([one, other]) => inputs[one] !== undefined && inputs[other] !== undefined)
    .map(([one, other]) => ({ property: one, reason: `"${one}": conflicts with ${other}` }));
  if (inputs.metricName !== undefined && inputs.statistic === undefined && inputs.extendedStatistic === undefined) {
    failures.push({
      property: "statistic",
      reason: "One of `statistic` or `extendedStatistic` must be set for a cloudwatch metric alarm",
    });
  }
  const queries: PropertyValues[] = isUnknown(inputs.metricQueries) ? [] : (inputs.metricQueries ?? []);
  if (queries.some((query) => query.expression && query.metric))
    failures.push({
      property: "metricQueries",
      reason: "No metricQuery may have both `expression` and a `metric` specified",
    });
  return failures;
}

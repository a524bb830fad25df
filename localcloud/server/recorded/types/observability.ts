import { type CreationContext, type Properties, type RecordedType, reference, text } from "../recorded-type";
import { KEY } from "./key-management";

export const TOPIC = "aws:sns/topic:Topic";

const topicArn = (properties: Properties, context: CreationContext): string =>
  `arn:aws:sns:${context.region}:${context.accountId}:${text(properties, "name")}`;

/** SNS's default policy for a topic created without one: only its owner may use it. */
const topicPolicy = (arn: string, accountId: string): string =>
  JSON.stringify({
    Version: "2008-10-17",
    Id: "__default_policy_ID",
    Statement: [
      {
        Sid: "__default_statement_ID",
        Effect: "Allow",
        Principal: { AWS: "*" },
        Action: [
          "SNS:GetTopicAttributes",
          "SNS:SetTopicAttributes",
          "SNS:AddPermission",
          "SNS:RemovePermission",
          "SNS:DeleteTopic",
          "SNS:Subscribe",
          "SNS:ListSubscriptionsByTopic",
          "SNS:Publish",
        ],
        Resource: arn,
        Condition: { StringEquals: { "AWS:SourceOwner": accountId } },
      },
    ],
  });

const topic: RecordedType = {
  token: TOPIC,
  noun: "SNS topic",
  required: ["name"],
  whenExists: "accepted-if-equal",
  identify(properties, context) {
    const arn = topicArn(properties, context);
    return {
      id: arn,
      arn,
      computed: {
        arn,
        owner: context.accountId,
        policy: topicPolicy(arn, context.accountId),
        signatureVersion: 0,
        tracingConfig: "",
        beginningArchiveTime: "",
        fifoThroughputScope: "",
      },
    };
  },
};

const topicPolicyAttachment: RecordedType = {
  token: "aws:sns/topicPolicy:TopicPolicy",
  noun: "SNS topic policy",
  required: ["arn", "policy"],
  whenExists: "replaced",
  identify: (properties, context) => ({ id: text(properties, "arn"), arn: "", computed: { owner: context.accountId } }),
  references: (properties) => reference(TOPIC, "arn", properties, "deleted-too"),
};

const logGroup: RecordedType = {
  token: "aws:cloudwatch/logGroup:LogGroup",
  noun: "log group",
  required: ["name"],
  identify(properties, context) {
    const name = text(properties, "name");
    const arn = `arn:aws:logs:${context.region}:${context.accountId}:log-group:${name}`;
    return { id: name, arn, computed: { arn, logGroupClass: "STANDARD", deletionProtectionEnabled: false } };
  },
  references: (properties) => reference(KEY, "kmsKeyId", properties, "ignored"),
  whyUndeletable: (properties) =>
    properties["deletionProtectionEnabled"] === true ? "its deletion protection is on" : undefined,
};

const metricAlarm: RecordedType = {
  token: "aws:cloudwatch/metricAlarm:MetricAlarm",
  noun: "metric alarm",
  required: ["name"],
  whenExists: "replaced",
  identify(properties, context) {
    const name = text(properties, "name");
    const arn = `arn:aws:cloudwatch:${context.region}:${context.accountId}:alarm:${name}`;
    return { id: name, arn, computed: { arn } };
  },
};

export const observabilityTypes: RecordedType[] = [topic, topicPolicyAttachment, logGroup, metricAlarm];

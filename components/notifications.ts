import * as rds from "@pulumi/aws/rds";
import * as sns from "@pulumi/aws/sns";
import * as pulumi from "@pulumi/pulumi";
import { topicPolicy, type AwsLocation } from "./platform-policies";
import type { Tags } from "./tags";

interface NotificationSettings {
  platformName: string;
  keyArn: pulumi.Input<string>;
  location: pulumi.Output<AwsLocation>;
  tags: Tags;
  /** Of the topic: its subscriptions are made elsewhere, and would be lost with it. */
  lasting: pulumi.CustomResourceOptions;
}

const subscribed = [
  {
    suffix: "instances",
    sourceType: "db-instance",
    eventCategories: [
      "availability",
      "configuration change",
      "deletion",
      "failover",
      "failure",
      "low storage",
      "maintenance",
      "recovery",
    ],
  },
  { suffix: "parameter-groups", sourceType: "db-parameter-group", eventCategories: ["configuration change"] },
  { suffix: "security-groups", sourceType: "db-security-group", eventCategories: ["configuration change", "failure"] },
];

/** The topic for alarms and RDS's events, and the event subscriptions. */
export function notifications(
  name: string,
  { platformName, keyArn, location, tags, lasting }: NotificationSettings,
  options: pulumi.CustomResourceOptions,
): { topicArn: pulumi.Output<string>; leaves: pulumi.Resource[] } {
  // With our key: CloudWatch cannot publish to a topic encrypted with the default key of SNS.
  const topic = new sns.Topic(
    `${name}-topic`,
    { name: `${platformName}-databases`, displayName: "Shipshape databases", kmsMasterKeyId: keyArn, tags },
    lasting,
  );
  const policy = new sns.TopicPolicy(
    `${name}-topic-policy`,
    { arn: topic.arn, policy: pulumi.all([topic.arn, location]).apply(([arn, where]) => topicPolicy(arn, where)) },
    options,
  );
  // Without source ids each covers all sources: one of each kind for the account, because one per database would soon
  // reach the quota.
  const subscriptions = subscribed.map(
    ({ suffix, ...events }) =>
      new rds.EventSubscription(
        `${name}-events-${suffix}`,
        { name: `${platformName}-${suffix}`, snsTopic: topic.arn, ...events, enabled: true, tags },
        options,
      ),
  );
  return { topicArn: topic.arn, leaves: [policy, ...subscriptions] };
}

import { z } from "zod";
import { action, type Action, type Call } from "../../wire/action";
import { AwsError } from "../../wire/aws-error";
import { eventCategories, type CloudEvent, type EventSource } from "../events/events";
import { describeSubscription, type EventSubscriptionRecord } from "../events/event-subscriptions";
import { limits } from "../../limits";
import { filtered, page } from "../../wire/paging";
import { boolean, filters, integer, list, paging, tags, text, timestamp } from "../../wire/query-input";

const subscriptionName = { SubscriptionName: text };
const chosen = { SourceType: text.optional(), EventCategories: list(text).optional() };

export const eventActions: Action[] = [
  action({
    name: "DescribeEvents",
    input: z.strictObject({
      ...paging,
      ...chosen,
      SourceIdentifier: text.optional(),
      StartTime: timestamp.optional(),
      EndTime: timestamp.optional(),
      Duration: integer.optional(),
    }),
    run(input, { cloud, region }) {
      const sourceType = input.SourceType === undefined ? undefined : sourceNamed(input.SourceType);
      if (input.SourceIdentifier !== undefined && sourceType === undefined)
        throw new AwsError("InvalidParameterCombination", "a SourceType must be given with a SourceIdentifier");
      const end = input.EndTime ?? cloud.clock.now();
      // RDS's default is the last hour.
      const start = input.StartTime ?? new Date(end.getTime() - (input.Duration ?? 60) * 60_000);
      if (start > end) throw new AwsError("InvalidParameterCombination", "the StartTime must be before the EndTime");
      const isRequested = (event: CloudEvent) =>
        event.date >= start.toISOString() &&
        event.date <= end.toISOString() &&
        [undefined, event.sourceType].includes(sourceType) &&
        [undefined, event.sourceIdentifier].includes(input.SourceIdentifier?.toLowerCase()) &&
        (input.EventCategories === undefined ||
          event.categories.some((category) => input.EventCategories!.includes(category)));
      const found = cloud.events
        .list(region)
        .map((event, index) => ({ event, key: `${event.date}/${String(index).padStart(6, "0")}` }));
      const { entries, ...rest } = page(
        filtered(
          found.filter(({ event }) => isRequested(event)),
          input.Filters,
          {},
        ),
        input,
        ({ key }) => key,
      );
      return { ...rest, Events: entries.map(({ event }) => describeEvent(event)) };
    },
  }),
  action({
    name: "DescribeEventCategories",
    input: z.strictObject({ SourceType: text.optional(), Filters: filters.optional() }),
    run(input) {
      const sources =
        input.SourceType === undefined
          ? (Object.keys(eventCategories) as EventSource[])
          : [sourceNamed(input.SourceType)];
      return {
        EventCategoriesMapList: sources.map((source) => ({
          SourceType: source,
          EventCategories: eventCategories[source],
        })),
      };
    },
  }),
  action({
    name: "CreateEventSubscription",
    input: z.strictObject({
      ...subscriptionName,
      ...chosen,
      SnsTopicArn: text,
      SourceIds: list(text).optional(),
      Enabled: boolean.default(true),
      Tags: tags.optional(),
    }),
    run(input, call) {
      const { cloud, region } = call;
      if (!/^[A-Za-z][A-Za-z0-9-]{0,254}$/.test(input.SubscriptionName))
        throw new AwsError(
          "InvalidParameterValue",
          `the SubscriptionName '${input.SubscriptionName.slice(0, 300)}' is not valid: it has 1 to 255 letters, digits and hyphens and begins with a letter`,
        );
      if (cloud.eventSubscriptions.find(region, input.SubscriptionName))
        throw new AwsError("SubscriptionAlreadyExist", `Subscription ${input.SubscriptionName} already exists.`);
      if (cloud.eventSubscriptions.list(region).length >= limits.eventSubscriptions)
        throw new AwsError(
          "EventSubscriptionQuotaExceeded",
          `the quota of ${limits.eventSubscriptions} event subscriptions in this Region is used up`,
        );
      const sourceType = input.SourceType === undefined ? undefined : sourceNamed(input.SourceType);
      for (const id of input.SourceIds ?? []) checkSource(id, sourceType, call);
      const subscription: EventSubscriptionRecord = {
        name: input.SubscriptionName,
        region,
        snsTopicArn: topic(input.SnsTopicArn, call),
        ...(sourceType === undefined ? {} : { sourceType }),
        sourceIds: input.SourceIds ?? [],
        categories: categories(input.EventCategories ?? [], sourceType),
        enabled: input.Enabled,
        createdAt: cloud.clock.now().toISOString(),
        tags: input.Tags ?? [],
      };
      return saved(subscription, call);
    },
  }),
  action({
    name: "DescribeEventSubscriptions",
    input: z.strictObject({ ...paging, SubscriptionName: text.optional() }),
    run(input, { cloud, region }) {
      const found =
        input.SubscriptionName === undefined
          ? cloud.eventSubscriptions.list(region)
          : [cloud.eventSubscriptions.get(region, input.SubscriptionName)];
      const { entries, ...rest } = page(filtered(found, input.Filters, {}), input, (subscription) => subscription.name);
      return { ...rest, EventSubscriptionsList: entries.map((one) => describeSubscription(one, cloud.accountId)) };
    },
  }),
  action({
    name: "ModifyEventSubscription",
    input: z.strictObject({
      ...subscriptionName,
      ...chosen,
      SnsTopicArn: text.optional(),
      Enabled: boolean.optional(),
    }),
    run(input, call) {
      const subscription = call.cloud.eventSubscriptions.get(call.region, input.SubscriptionName);
      const sourceType = input.SourceType === undefined ? subscription.sourceType : sourceNamed(input.SourceType);
      if (sourceType !== subscription.sourceType && subscription.sourceIds.length > 0)
        throw new AwsError(
          "InvalidParameterCombination",
          `the subscription names sources of ${subscription.sourceType}; remove them before changing its SourceType`,
        );
      const changed: EventSubscriptionRecord = {
        ...subscription,
        ...(input.SnsTopicArn === undefined ? {} : { snsTopicArn: topic(input.SnsTopicArn, call) }),
        ...(sourceType === undefined ? {} : { sourceType }),
        categories: categories(input.EventCategories ?? subscription.categories, sourceType),
        enabled: input.Enabled ?? subscription.enabled,
      };
      return saved(changed, call);
    },
  }),
  action({
    name: "AddSourceIdentifierToSubscription",
    input: z.strictObject({ ...subscriptionName, SourceIdentifier: text }),
    run(input, call) {
      const subscription = call.cloud.eventSubscriptions.get(call.region, input.SubscriptionName);
      checkSource(input.SourceIdentifier, subscription.sourceType, call);
      return saved(
        { ...subscription, sourceIds: [...new Set([...subscription.sourceIds, input.SourceIdentifier])] },
        call,
      );
    },
  }),
  action({
    name: "RemoveSourceIdentifierFromSubscription",
    input: z.strictObject({ ...subscriptionName, SourceIdentifier: text }),
    run(input, call) {
      const subscription = call.cloud.eventSubscriptions.get(call.region, input.SubscriptionName);
      if (!subscription.sourceIds.includes(input.SourceIdentifier))
        throw new AwsError(
          "SourceNotFound",
          `Source ${input.SourceIdentifier} not found in subscription ${subscription.name}`,
        );
      return saved(
        { ...subscription, sourceIds: subscription.sourceIds.filter((id) => id !== input.SourceIdentifier) },
        call,
      );
    },
  }),
  action({
    name: "DeleteEventSubscription",
    input: z.strictObject(subscriptionName),
    run(input, { cloud, region }) {
      const subscription = cloud.eventSubscriptions.get(region, input.SubscriptionName);
      cloud.eventSubscriptions.remove(subscription);
      return { EventSubscription: describeSubscription(subscription, cloud.accountId) };
    },
  }),
];

function sourceNamed(name: string): EventSource {
  if (Object.hasOwn(eventCategories, name)) return name as EventSource;
  throw new AwsError(
    "InvalidParameterValue",
    `invalid source type: ${name}; the embedded cloud has ${Object.keys(eventCategories).join(", ")}`,
  );
}

/** Without a source type there are no categories to choose from. */
function categories(names: string[], sourceType: EventSource | undefined): string[] {
  if (names.length > 0 && sourceType === undefined)
    throw new AwsError("InvalidParameterCombination", "EventCategories need a SourceType");
  const known: readonly string[] = sourceType === undefined ? [] : eventCategories[sourceType];
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0)
    throw new AwsError(
      "SubscriptionCategoryNotFound",
      `the supplied category does not exist: ${unknown.join(", ")}; ${sourceType} has ${known.join(", ")}`,
    );
  return [...new Set(names)].sort();
}

function topic(arn: string, { cloud, region }: Call): string {
  if (!/^arn:aws:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]+$/.test(arn))
    throw new AwsError("SNSInvalidTopic", `the SNS topic ARN '${arn}' is not valid`);
  if (!cloud.recorded.recordSet.find("aws:sns/topic:Topic", arn, region))
    throw new AwsError("SNSTopicArnNotFound", `the SNS topic ${arn} does not exist`);
  return arn;
}

function checkSource(id: string, sourceType: EventSource | undefined, { cloud, region }: Call): void {
  if (sourceType === undefined)
    throw new AwsError("InvalidParameterCombination", "a SourceType must be given with source ids");
  const exists = {
    "db-instance": () => cloud.instances.find(region, id),
    "db-parameter-group": () => cloud.parameterGroups.find(region, id),
    "db-snapshot": () => cloud.snapshots.find(region, id),
    "db-security-group": () => undefined,
    "blue-green-deployment": () => cloud.deployments.list(region).find((one) => one.id === id),
  }[sourceType]();
  if (!exists) throw new AwsError("SourceNotFound", `Source ${id} of type ${sourceType} not found`);
}

function saved(subscription: EventSubscriptionRecord, { cloud }: Call): object {
  cloud.eventSubscriptions.put(subscription);
  return { EventSubscription: describeSubscription(subscription, cloud.accountId) };
}

function describeEvent(event: CloudEvent): object {
  return {
    SourceIdentifier: event.sourceIdentifier,
    SourceType: event.sourceType,
    Message: event.message,
    EventCategories: event.categories,
    Date: event.date,
    SourceArn: event.sourceArn,
  };
}

import { rdsArn } from "../../wire/arn";
import { AwsError } from "../../wire/aws-error";
import type { Tag } from "../../storage/records";
import type { Collection, Store } from "../../storage/store";
import type { EventSource } from "./events";

/** Which topics receive which events. The embedded cloud stores subscriptions but sends nothing: it has no SNS. */
export interface EventSubscriptionRecord {
  name: string;
  region: string;
  snsTopicArn: string;
  sourceType?: EventSource;
  sourceIds: string[];
  categories: string[];
  enabled: boolean;
  createdAt: string;
  tags: Tag[];
}

export class EventSubscriptions {
  private readonly records: Collection<EventSubscriptionRecord>;

  constructor(store: Store) {
    this.records = store.collection<EventSubscriptionRecord>("event-subscriptions");
  }

  find(region: string, name: string): EventSubscriptionRecord | undefined {
    return this.records.get(`${region}/${name}`);
  }

  /** @throws AwsError SubscriptionNotFound */
  get(region: string, name: string): EventSubscriptionRecord {
    const subscription = this.find(region, name);
    if (!subscription) throw new AwsError("SubscriptionNotFound", `Event Subscription not found: ${name}`);
    return subscription;
  }

  list(region: string): EventSubscriptionRecord[] {
    return this.records.list().filter((subscription) => subscription.region === region);
  }

  put(subscription: EventSubscriptionRecord): void {
    this.records.put(`${subscription.region}/${subscription.name}`, subscription);
  }

  remove(subscription: EventSubscriptionRecord): void {
    this.records.delete(`${subscription.region}/${subscription.name}`);
  }
}

export function describeSubscription(subscription: EventSubscriptionRecord, accountId: string): object {
  return {
    CustomerAwsId: accountId,
    CustSubscriptionId: subscription.name,
    SnsTopicArn: subscription.snsTopicArn,
    Status: "active",
    SubscriptionCreationTime: subscription.createdAt,
    SourceType: subscription.sourceType,
    SourceIdsList: subscription.sourceIds,
    EventCategoriesList: subscription.categories,
    Enabled: subscription.enabled,
    EventSubscriptionArn: rdsArn(accountId, subscription.region, "es", subscription.name),
  };
}

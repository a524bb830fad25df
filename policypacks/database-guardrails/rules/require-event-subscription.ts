import { standardTag } from "../../../components/standards";
import { canonical } from "../vocabulary/properties";
import { identifierOf } from "../vocabulary/origin";
import type { Resource } from "../vocabulary/resource";
import { defineRule } from "../judging/rule";
import { eventSubscription, instance } from "../vocabulary/types";

/** What the RDS API says of a subscription that reaches nobody. */
const broken = ["no-permission", "topic-not-exist"];

export const requireEventSubscription = defineRule({
  id: "require-event-subscription",
  title: "RDS events of a database reach someone",
  severity: "low",
  owner: "team-platform",
  controls: ["RDS.19", "RDS.20", "RDS.21", "RDS.22"],
  properties: ["sourceType", "sourceIds", "eventCategories", "enabled"],
  why: "Failovers, maintenance and full storage are RDS events. No one reads them unless they are sent.",
  solution:
    "Stand on a `DatabasePlatform`, whose subscriptions cover the account, or subscribe a topic to the events of instances. A subscription that is there must be enabled.",
  typesInStack: [instance, eventSubscription],
  *checkInStack(resource, stack) {
    if (resource.is(eventSubscription)) {
      if (resource.boolean("enabled") === false)
        yield { property: "enabled", found: false, allowed: "true", change: "set enabled to true" };
      const status = resource.text("status");
      if (status !== undefined && broken.includes(canonical(status)))
        yield {
          property: "status",
          found: status,
          allowed: "active",
          change: "let RDS publish to the topic, or name one that exists",
        };
      return;
    }
    // Standard databases stand on a platform in another stack, and that one is judged by itself.
    if (resource.tags()?.has(standardTag)) return;
    const covered = stack.of(eventSubscription).some((subscription) => covers(subscription, resource));
    if (!covered)
      yield {
        found: "no subscription to the events of instances in this stack",
        allowed: "one, or a platform's",
        change: "declare an event subscription with sourceType db-instance",
      };
  },
});

/** Of all instances, or of this one among those it names; a list that can't be read may name it. */
function covers(subscription: Resource, database: Resource): boolean {
  if (
    !["db-instance", undefined].includes(subscription.word("sourceType")) ||
    subscription.boolean("enabled") === false
  )
    return false;
  const { strings, doubts } = subscription.readableStrings("sourceIds");
  const named = strings.map(canonical);
  return strings.length + doubts.length === 0 || doubts.length > 0 || named.includes(identifierOf(database) ?? "");
}

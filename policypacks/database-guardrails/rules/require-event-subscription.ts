import { standardTag } from "../../../components/standards/fixed";
import { canonical } from "../vocabulary/properties";
import { identifierOf } from "../vocabulary/origin";
import type { Resource } from "../vocabulary/resource";
import { defineRule } from "../judging/rule";
import { eventSubscription, instance } from "../vocabulary/types";

/** Statuses in the RDS API of a subscription whose events are not delivered. */
const broken = ["no-permission", "topic-not-exist"];

export const requireEventSubscription = defineRule({
  id: "require-event-subscription",
  title: "RDS events of a database are sent to someone",
  severity: "low",
  owner: "team-platform",
  controls: ["RDS.19", "RDS.20", "RDS.21", "RDS.22"],
  properties: ["sourceType", "sourceIds", "eventCategories", "enabled"],
  why: "Failovers, maintenance and full storage are RDS events. No one sees them unless they are sent to someone.",
  solution:
    "Use a `DatabasePlatform`, whose subscriptions cover the account, or subscribe a topic to the events of instances. Every existing subscription must be enabled.",
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
          change: "allow RDS to publish to the topic, or use one that exists",
        };
      return;
    }
    // Standard databases use a platform in another stack, which is judged separately.
    if (resource.tags()?.has(standardTag)) return;
    const covered = stack.of(eventSubscription).some((subscription) => covers(subscription, resource));
    if (!covered)
      yield {
        found: "no subscription to the events of instances in this stack",
        allowed: "a subscription in this stack or of a platform",
        change: "declare an event subscription with sourceType db-instance",
      };
  },
});

/** Covers all instances, or names this one; a list that can't be read may name it. */
function covers(subscription: Resource, database: Resource): boolean {
  if (
    !["db-instance", undefined].includes(subscription.word("sourceType")) ||
    subscription.boolean("enabled") === false
  )
    return false;
  const { strings, unreadable } = subscription.readableStrings("sourceIds");
  const named = strings.map(canonical);
  return (
    strings.length + unreadable.length === 0 || unreadable.length > 0 || named.includes(identifierOf(database) ?? "")
  );
}

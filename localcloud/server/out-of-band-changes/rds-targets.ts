import { rdsArn } from "../wire/arn";
import type { Cloud } from "../cloud";
import type { EventSubscriptionRecord } from "../rds/events/event-subscriptions";
import type { GroupParameter, ParameterGroupRecord } from "../rds/parameter-groups/parameter-groups";
import type { SubnetGroupRecord } from "../rds/subnet-groups/subnet-groups";
import type { ChangeTarget } from "./change-target";
import { tagList, tagMap } from "./tag-map";

/** The RDS resources other than instances, in all Regions. */
export function rdsTargets(cloud: Cloud): ChangeTarget[] {
  return [
    ...cloud.store
      .collection<ParameterGroupRecord>("parameter-groups")
      .list()
      .map((group) => parameterGroupTarget(cloud, group)),
    ...cloud.store
      .collection<SubnetGroupRecord>("subnet-groups")
      .list()
      .map((group) => subnetGroupTarget(cloud, group)),
    ...cloud.store
      .collection<EventSubscriptionRecord>("event-subscriptions")
      .list()
      .map((subscription) => subscriptionTarget(cloud, subscription)),
  ];
}

/** `parameters` is a map name → value here, so that `parameters.log_min_duration_statement=5` names one of them. */
function parameterGroupTarget(cloud: Cloud, group: ParameterGroupRecord): ChangeTarget {
  const values = Object.fromEntries(Object.entries(group.parameters).map(([name, { value }]) => [name, value]));
  return {
    arn: rdsArn(cloud.accountId, group.region, "pg", group.name),
    properties: { description: group.description, family: group.family, tags: tagMap(group.tags), parameters: values },
    write({ tags, parameters, ...described }) {
      cloud.parameterGroups.put({
        ...group,
        ...described,
        ...(tags === undefined ? {} : { tags: tagList(tags) }),
        ...(parameters === undefined
          ? {}
          : { parameters: asParameters(parameters as Record<string, unknown>, group.parameters) }),
      });
    },
  };
}

function asParameters(
  values: Record<string, unknown>,
  known: Record<string, GroupParameter>,
): Record<string, GroupParameter> {
  const entry = ([name, value]: [string, unknown]): [string, GroupParameter] => [
    name,
    { applyMethod: known[name]?.applyMethod ?? "pending-reboot", value: String(value) },
  ];
  return Object.fromEntries(Object.entries(values).map(entry));
}

function subnetGroupTarget(cloud: Cloud, group: SubnetGroupRecord): ChangeTarget {
  return {
    arn: rdsArn(cloud.accountId, group.region, "subgrp", group.name),
    properties: {
      description: group.description,
      vpcId: group.vpcId,
      subnetIds: group.subnets.map((subnet) => subnet.id),
      tags: tagMap(group.tags),
    },
    write({ tags, subnetIds, ...described }) {
      const zoneOf = (id: string) => group.subnets.find((subnet) => subnet.id === id)?.zone ?? `${group.region}a`;
      cloud.subnetGroups.put({
        ...group,
        ...described,
        ...(tags === undefined ? {} : { tags: tagList(tags) }),
        ...(subnetIds === undefined
          ? {}
          : { subnets: (subnetIds as string[]).map((id) => ({ id, zone: zoneOf(id) })) }),
      });
    },
  };
}

function subscriptionTarget(cloud: Cloud, subscription: EventSubscriptionRecord): ChangeTarget {
  const { snsTopicArn: snsTopic, sourceType, sourceIds, categories: eventCategories, enabled } = subscription;
  return {
    arn: rdsArn(cloud.accountId, subscription.region, "es", subscription.name),
    properties: { snsTopic, sourceType, sourceIds, eventCategories, enabled, tags: tagMap(subscription.tags) },
    write({ tags, snsTopic, eventCategories, ...others }) {
      cloud.eventSubscriptions.put({
        ...subscription,
        ...others,
        ...(snsTopic === undefined ? {} : { snsTopicArn: String(snsTopic) }),
        ...(eventCategories === undefined ? {} : { categories: eventCategories as string[] }),
        ...(tags === undefined ? {} : { tags: tagList(tags) }),
      });
    },
  };
}

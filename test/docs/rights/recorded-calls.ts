import { CloudTrailClient, LookupEventsCommand, type Event } from "@aws-sdk/client-cloudtrail";
import type { Cloud } from "../../cloud";
import { account, region } from "./policies";

export interface RecordedCall {
  /** IAM's name, e.g. `rds:ModifyDBInstance`. */
  action: string;
  /** The resources that IAM checks; `*` for calls without one. */
  resources: string[];
}

/** RDS's resource types in ARNs, by CloudTrail's types. */
const rdsWords: Record<string, string> = {
  "AWS::RDS::DBInstance": "db",
  "AWS::RDS::DBParameterGroup": "pg",
  "AWS::RDS::DBSubnetGroup": "subgrp",
  "AWS::RDS::DBSnapshot": "snapshot",
  "AWS::RDS::EventSubscription": "es",
};

/** Every call that this access key made, each once. */
export async function recordedCalls(cloud: Cloud, accessKeyId: string): Promise<RecordedCall[]> {
  const trail = new CloudTrailClient(cloud.client());
  const events: Event[] = [];
  try {
    let token: string | undefined;
    do {
      const attribute = { AttributeKey: "AccessKeyId" as const, AttributeValue: accessKeyId };
      const page = await trail.send(
        new LookupEventsCommand({ LookupAttributes: [attribute], MaxResults: 50, NextToken: token }),
      );
      events.push(...(page.Events ?? []));
      token = page.NextToken;
    } while (token !== undefined);
  } finally {
    trail.destroy();
  }
  return [...new Map(events.map((event) => [JSON.stringify(callOf(event)), callOf(event)])).values()];
}

function callOf({ EventSource = "", EventName = "", Resources = [] }: Event): RecordedCall {
  const service = EventSource.replace(".amazonaws.com", "");
  const named = /^(Describe|List)/.test(EventName) && service === "rds" ? [] : Resources;
  const arns = named
    .map(({ ResourceName = "", ResourceType = "" }) => arnOf(ResourceName, ResourceType))
    .filter((arn) => arn !== undefined);
  return { action: `${service}:${EventName}`, resources: arns.length > 0 ? arns : ["*"] };
}

function arnOf(name: string, type: string): string | undefined {
  if (name.startsWith("arn:")) return name;
  if (type === "AWS::SecretsManager::Secret")
    return `arn:aws:secretsmanager:${region}:${account}:secret:${name}-AbCdEf`;
  // A resource id is not a name; calls that take one also name the instance.
  return rdsWords[type] && !/^db-[A-Z0-9]+$/.test(name)
    ? `arn:aws:rds:${region}:${account}:${rdsWords[type]}:${name}`
    : undefined;
}

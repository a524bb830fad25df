import { z } from "zod";
import { action, type Action, type Call } from "../../wire/action";
import { parseRdsArn } from "../../wire/arn";
import { AwsError } from "../../wire/aws-error";
import type { RestoreOrigin } from "../instances/instance-record";
import { isDefaultGroup } from "../parameter-groups/parameter-groups";
import { limits } from "../../limits";
import { filters, list, tags, text } from "../../wire/query-input";
import type { Tag } from "../../storage/records";
import { findSnapshot } from "../snapshots/find-snapshot";

export const tagActions: Action[] = [
  action({
    name: "AddTagsToResource",
    input: z.strictObject({ ResourceName: text, Tags: tags }),
    run(input, call) {
      const { tags: current, put } = tagged(input.ResourceName, call);
      const next = [...current.filter((tag) => !input.Tags.some((given) => given.Key === tag.Key)), ...input.Tags];
      if (next.length > limits.tagsPerResource)
        throw new AwsError("InvalidParameterValue", `a resource has at most ${limits.tagsPerResource} tags`);
      put(next);
    },
  }),
  action({
    name: "RemoveTagsFromResource",
    input: z.strictObject({ ResourceName: text, TagKeys: list(text) }),
    run(input, call) {
      const { tags: current, put } = tagged(input.ResourceName, call);
      put(current.filter((tag) => !input.TagKeys.includes(tag.Key)));
    },
  }),
  action({
    name: "ListTagsForResource",
    input: z.strictObject({ ResourceName: text, Filters: filters.optional() }),
    run: (input, call) => ({ TagList: tagged(input.ResourceName, call).tags }),
  }),
];

interface Tagged {
  tags: Tag[];
  put(tags: Tag[]): void;
}

/** The RDS resource that the ARN names, as something with tags. */
function tagged(arn: string, { cloud, region }: Call): Tagged {
  const parsed = parseRdsArn(arn);
  const find = parsed && finders[parsed.kind];
  if (!parsed || !find)
    throw new AwsError(
      "InvalidParameterValue",
      `invalid resource name: ${arn}; tags here are on ${Object.keys(finders)
        .map((kind) => `arn:aws:rds:<region>:<account>:${kind}:<name>`)
        .join(", ")}`,
    );
  if (parsed.accountId !== cloud.accountId) throw new AwsError("AccessDenied", `not authorized to access ${arn}`);
  if (parsed.region !== region)
    throw new AwsError("InvalidParameterValue", `the Region of ${arn} is not that of the request, ${region}`);
  return find(parsed.name, cloud, region);
}

const finders: Record<string, (name: string, cloud: Call["cloud"], region: string) => Tagged> = {
  db(name, cloud, region) {
    const instance = cloud.instances.get(region, name);
    return {
      tags: instance.tags,
      put: (next) => void cloud.instances.update(instance.resourceId, (current) => void (current.tags = next)),
    };
  },
  pg(name, cloud, region) {
    const group = cloud.parameterGroups.get(region, name);
    return {
      tags: group.tags,
      put: (next) => (isDefaultGroup(name) ? refuseDefault(name) : cloud.parameterGroups.put({ ...group, tags: next })),
    };
  },
  subgrp(name, cloud, region) {
    const group = cloud.subnetGroups.get(region, name);
    return {
      tags: group.tags,
      put: (next) =>
        group.name === "default" ? refuseDefault(name) : cloud.subnetGroups.put({ ...group, tags: next }),
    };
  },
  es(name, cloud, region) {
    const subscription = cloud.eventSubscriptions.get(region, name);
    return { tags: subscription.tags, put: (next) => cloud.eventSubscriptions.put({ ...subscription, tags: next }) };
  },
  snapshot(name, cloud, region) {
    const { snapshot, origin } = findSnapshot(name, { cloud, region });
    return { tags: snapshot.tags, put: (next) => putSnapshotTags(origin, next, { cloud, region }) };
  },
};

function putSnapshotTags(origin: RestoreOrigin, tags: Tag[], { cloud, region }: Pick<Call, "cloud" | "region">): void {
  if ("snapshot" in origin) return cloud.snapshots.put({ ...cloud.snapshots.get(region, origin.snapshot), tags });
  const { resourceId, id } = origin.base;
  cloud.backups.update(
    resourceId,
    (backup) => void (backup.base = backup.base.map((base) => (base.id === id ? { ...base, tags } : base))),
  );
}

function refuseDefault(name: string): never {
  throw new AwsError("InvalidParameterValue", `${name} is a built-in default; it has no tags here`);
}

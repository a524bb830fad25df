import {
  AddTagsToResourceCommand,
  ListTagsForResourceCommand,
  RemoveTagsFromResourceCommand,
  type RDSClient,
} from "@aws-sdk/client-rds";
import type { PropertyValues } from "../../adapter/wire";
import type { AwsConfig } from "../configuration";
import { tagChanges, tagList, tagsFromList, type Tags } from "../tags";

/** RDS has separate calls for tags. True when there was something to change. */
export async function changeTags(config: AwsConfig, old: PropertyValues, wanted: PropertyValues): Promise<boolean> {
  const { remove, set } = tagChanges(old, wanted, config);
  const rds = config.rds(old.region);
  const arn: string = old.arn;
  if (remove.length > 0) await rds.send(new RemoveTagsFromResourceCommand({ ResourceName: arn, TagKeys: remove }));
  if (Object.keys(set).length > 0)
    await rds.send(new AddTagsToResourceCommand({ ResourceName: arn, Tags: tagList(set) }));
  return remove.length > 0 || Object.keys(set).length > 0;
}

export async function readTags(rds: RDSClient, arn: string): Promise<Tags> {
  const { TagList } = await rds.send(new ListTagsForResourceCommand({ ResourceName: arn }));
  return tagsFromList(TagList);
}

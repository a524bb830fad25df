import type { Tag } from "../storage/records";

/** Tags as Pulumi has them, a map, and as AWS has them, a list. */
export const tagMap = (tags: Tag[]): Record<string, string> =>
  Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value]));

export const tagList = (tags: unknown): Tag[] =>
  Object.entries(tags ?? {}).map(([Key, value]) => ({ Key, Value: String(value) }));

import { isUnknown, UNKNOWN, type PropertyValues } from "../adapter/wire";

export type Tags = Record<string, string>;

/** The provider's configuration for tags. */
export interface TagSettings {
  defaultTags: Tags;
  ignoredTags: { keys: string[]; prefixes: string[] };
}

/**
 * All tags a resource should have: the provider's default ones, overridden by its own. Entirely unknown when any part
 * is.
 */
export function allTags(tags: PropertyValues | undefined, defaults: Tags): Tags | typeof UNKNOWN {
  if (isUnknown(tags)) return UNKNOWN;
  return { ...defaults, ...tags };
}

/**
 * The live tags, split as upstream does: `tagsAll` has all; `tags` omits those that only the provider's default tags
 * added, so that a program which does not repeat them sees no difference.
 */
export function liveTags(live: Tags, known: PropertyValues, config: TagSettings): { tags: Tags; tagsAll: Tags } {
  const tagsAll = Object.fromEntries(Object.entries(live).filter(([key]) => !isIgnored(key, config)));
  const declared: PropertyValues = known.tags ?? {};
  const own = Object.entries(tagsAll).filter(([key, value]) => key in declared || config.defaultTags[key] !== value);
  return { tags: Object.fromEntries(own), tagsAll };
}

/** The tags to add and to remove. Computed from `tags`, as `tagsAll` is absent when the last one is removed. */
export function tagChanges(
  old: PropertyValues,
  wanted: PropertyValues,
  config: TagSettings,
): { remove: string[]; set: Tags } {
  const before: Tags = old.tagsAll ?? {};
  const after: Tags = { ...config.defaultTags, ...wanted.tags };
  const changed = Object.entries(after).filter(([key, value]) => before[key] !== value);
  return { remove: Object.keys(before).filter((key) => !(key in after)), set: Object.fromEntries(changed) };
}

/** The form that RDS and Secrets Manager accept and return. */
export const tagList = (tags: Tags | undefined) => Object.entries(tags ?? {}).map(([Key, Value]) => ({ Key, Value }));

export const tagsFromList = (list: { Key?: string | undefined; Value?: string | undefined }[] | undefined): Tags =>
  Object.fromEntries(
    (list ?? [])
      .filter((tag) => tag.Key !== undefined && !tag.Key.startsWith("aws:"))
      .map((tag) => [tag.Key, tag.Value ?? ""]),
  );

function isIgnored(key: string, config: TagSettings): boolean {
  return config.ignoredTags.keys.includes(key) || config.ignoredTags.prefixes.some((prefix) => key.startsWith(prefix));
}

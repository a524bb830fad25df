/** Pure: the tags of an isolated copy of production data, by which a person knows whose it is, and what made it. */
import { tagNames, type Standard } from "../../components/standards/standard";

/** It has real data, so it keeps the classification of its source, as all its tags that a standard names. */
export function throwawayTags(
  source: Record<string, string>,
  { requestId, purpose, expiresAt }: { requestId: string; purpose: string; expiresAt?: string },
  { tags }: Standard,
): Record<string, string> {
  const kept = tagNames.map((name) => tags[name].key).filter((key) => source[key] !== undefined);
  return {
    ...Object.fromEntries(kept.map((key) => [key, source[key]!])),
    "shipshape:run": requestId,
    ...(expiresAt !== undefined && { "shipshape:expires-on": expiresAt }),
    "shipshape:purpose": purpose,
  };
}

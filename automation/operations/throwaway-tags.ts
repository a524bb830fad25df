/** Pure: the tags of an isolated copy of production data, by which a person knows whose it is, and what made it. */
import { tagNames, type Standard } from "../../components/standards/standard";

/** Those that a standard names, of a database's tags: whose it is and what is in it. AWS refuses others, its own. */
export function standardTags(of: Record<string, string>, { tags }: Standard): Record<string, string> {
  const kept = tagNames.map((name) => tags[name].key).filter((key) => of[key] !== undefined);
  return Object.fromEntries(kept.map((key) => [key, of[key]!]));
}

/** It has real data, so it keeps the classification of its source, as all its tags that a standard names. */
export function throwawayTags(
  source: Record<string, string>,
  { requestId, purpose, expiresAt }: { requestId: string; purpose: string; expiresAt?: string },
  standard: Standard,
): Record<string, string> {
  return {
    ...standardTags(source, standard),
    "shipshape:run": requestId,
    ...(expiresAt !== undefined && { "shipshape:expires-on": expiresAt }),
    "shipshape:purpose": purpose,
  };
}

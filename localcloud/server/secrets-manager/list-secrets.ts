import { AwsError } from "../wire/aws-error";
import type { ListSecretsInput } from "./inputs";
import type { Secret } from "./secret";

/** The secrets that ListSecrets should return, in the requested order. */
export function selectSecrets(secrets: Secret[], requested: ListSecretsInput): Secret[] {
  const matching = matchingSecrets(
    secrets.filter((secret) => requested.IncludePlannedDeletion || !secret.deletion),
    requested.Filters,
  );
  const direction = requested.SortOrder === "asc" ? 1 : -1;
  return matching.sort(
    (a, b) =>
      direction * (compare(sortKey(a, requested.SortBy), sortKey(b, requested.SortBy)) || compare(a.name, b.name)),
  );
}

/** Those for which every filter matches one of its values. */
export function matchingSecrets(secrets: Secret[], filters: ListSecretsInput["Filters"]): Secret[] {
  return secrets.filter((secret) =>
    filters.every((filter) => filter.Values.some((value) => matches(secret, filter.Key, value))),
  );
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function sortKey(secret: Secret, by: ListSecretsInput["SortBy"]): string {
  if (by === "name") return secret.name;
  if (by === "last-changed-date") return secret.changedAt;
  return by === "last-accessed-date" ? (secret.accessedAt ?? "") : secret.createdAt;
}

/**
 * A prefix of the text, or in a description and in `all` prefixes of its words, in any order and case; a leading `!`
 * negates. For descriptions AWS's documentation says otherwise; this follows the observed behaviour of its service.
 */
function matches(secret: Secret, key: ListSecretsInput["Filters"][number]["Key"], value: string): boolean {
  if (value.startsWith("!")) return !matches(secret, key, value.slice(1));
  const fields: Record<Exclude<typeof key, "all">, string[]> = {
    name: [secret.name],
    description: [secret.description ?? ""],
    "tag-key": Object.keys(secret.tags),
    "tag-value": Object.values(secret.tags),
    "primary-region": [secret.region],
    "owning-service": [secret.managed?.service ?? ""],
  };
  if (key === "all")
    return Object.values(fields)
      .flat()
      .some((text) => matchesWords(text, value));
  if (key === "description") return matchesWords(secret.description ?? "", value);
  return fields[key].some((text) => text.startsWith(value));
}

function matchesWords(text: string, requested: string): boolean {
  const words = wordsOf(text);
  return wordsOf(requested).every((beginning) => words.some((word) => word.startsWith(beginning)));
}

/** Split at spaces, at the punctuation a name may contain, and before a capital letter. */
function wordsOf(text: string): string[] {
  return text
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[\s/_+=.@-]+/)
    .filter((word) => word !== "");
}

/** One page, and the token of the next: the position it starts at. */
export function pageOf<T>(
  all: T[],
  page: { MaxResults: number; NextToken?: string | undefined },
  badToken: string,
): { items: T[]; next?: string } {
  const start = page.NextToken === undefined ? 0 : Number(Buffer.from(page.NextToken, "base64url").toString());
  if (!Number.isInteger(start) || start < 0) throw new AwsError(badToken, "The NextToken value is invalid.");
  const end = start + page.MaxResults;
  return {
    items: all.slice(start, end),
    ...(end < all.length ? { next: Buffer.from(String(end)).toString("base64url") } : {}),
  };
}

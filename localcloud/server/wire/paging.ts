import { AwsError } from "./aws-error";
import { limits } from "../limits";
import type { Filter } from "./query-input";

export interface PageRequest {
  MaxRecords?: number | undefined;
  Marker?: string | undefined;
}

/**
 * One page of an ordered list. The marker is the key of the last entry returned, not a position, so that an entry added
 * or removed between two pages neither hides another nor shows it twice.
 * @param keyOf a unique key by which the list is ordered
 */
export function page<Entry>(
  entries: Entry[],
  request: PageRequest,
  keyOf: (entry: Entry) => string,
): { entries: Entry[]; Marker?: string } {
  const size = request.MaxRecords ?? limits.pageRecordsDefault;
  if (size < limits.pageRecordsMin || size > limits.pageRecordsMax) {
    throw new AwsError(
      "InvalidParameterValue",
      `invalid value ${size} for MaxRecords. Must be between ${limits.pageRecordsMin} and ${limits.pageRecordsMax}`,
    );
  }
  const after = request.Marker === undefined ? undefined : decodeMarker(request.Marker);
  const sorted = entries
    .map((entry) => ({ entry, key: keyOf(entry) }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  const rest = after === undefined ? sorted : sorted.filter(({ key }) => key > after);
  const given = rest.slice(0, size);
  const more = rest.length > given.length;
  return { entries: given.map(({ entry }) => entry), ...(more ? { Marker: encodeMarker(given.at(-1)!.key) } : {}) };
}

const prefix = "after:";
const encodeMarker = (key: string): string => Buffer.from(prefix + key).toString("base64url");

function decodeMarker(marker: string): string {
  const text = Buffer.from(marker, "base64url").toString("utf8");
  if (!text.startsWith(prefix))
    throw new AwsError(
      "InvalidParameterValue",
      `the request parameter 'Marker' is not valid: '${marker.slice(0, 100)}' was not returned by an earlier page`,
    );
  return text.slice(prefix.length);
}

/**
 * Keeps the entries that have, for each filter, one of its values; case-insensitive, as on RDS, which stores names in
 * lower case.
 * @param valuesOf by filter name; RDS refuses other names
 */
export function filtered<Entry>(
  entries: Entry[],
  filters: Filter[] | undefined,
  valuesOf: Record<string, (entry: Entry) => string[]>,
): Entry[] {
  return (filters ?? []).reduce((left, filter) => {
    const read = valuesOf[filter.Name];
    if (!read)
      throw new AwsError(
        "InvalidParameterValue",
        `unrecognized filter name: ${filter.Name}; ${Object.keys(valuesOf).length > 0 ? `known are ${Object.keys(valuesOf).join(", ")}` : "this action has no filters here"}`,
      );
    const wanted = filter.Values.map((value) => value.toLowerCase());
    return left.filter((entry) => read(entry).some((value) => wanted.includes(value.toLowerCase())));
  }, entries);
}

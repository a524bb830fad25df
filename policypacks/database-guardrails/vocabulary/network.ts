import { canonical, Undecided, type Properties } from "./properties";
import type { Resource, Stack } from "./resource";
import { managedPrefixList, managedPrefixListEntry } from "./types";

/**
 * The widest ranges allowed. A /8 is sixteen million addresses, an IPv6 /32 a whole internet provider: too many to know
 * who can connect.
 */
export const prefixMin = { ipv4: 9, ipv6: 33 };

/** The ranges too wide by themselves; if there are none, all of them when their sum is too wide. */
export function wideRanges(ranges: readonly string[]): string[] {
  return [
    ...wideOf(
      ranges.filter((range) => !range.includes(":")),
      prefixMin.ipv4,
    ),
    ...wideOf(
      ranges.filter((range) => range.includes(":")),
      prefixMin.ipv6,
    ),
  ];
}

function wideOf(ranges: readonly string[], minimum: number): string[] {
  const distinct = [...new Set(ranges.map(canonical))];
  const wide = distinct.filter((range) => prefixOf(range) < minimum);
  const share = distinct.reduce((sum, range) => sum + 2 ** -prefixOf(range), 0);
  return wide.length > 0 || share < 2 ** (1 - minimum) ? wide : distinct;
}

/** A range without a prefix length has an unknown width, so it counts as the widest. */
function prefixOf(range: string): number {
  const digits = /\/(\d+)$/.exec(range)?.[1];
  return digits === undefined ? 0 : Number(digits);
}

/** Names of protocols other than TCP; any other name counts as TCP. */
const otherProtocols = ["udp", "icmp", "icmpv6"];

/**
 * Whether an entry opens a port for TCP, which databases use. The provider also accepts "TCP", "06" and "ALL", and
 * -1 for any port.
 */
export function opens(entry: Properties, port: number): boolean {
  const protocol = entry.word("protocol") ?? entry.word("ipProtocol") ?? "-1";
  const number = /^[+-]?\d+$/.test(protocol) ? Number(protocol) : undefined;
  if (number === -1 || protocol === "all") return true;
  if (number === undefined ? otherProtocols.includes(protocol) : number !== 6) return false;
  const [from, to] = [entry.number("fromPort") ?? 0, entry.number("toPort") ?? 65_535];
  return from <= port && port <= (to < 0 ? 65_535 : to);
}

/**
 * The ranges of the prefix lists that an entry names. A list declared elsewhere makes the rule undecided: the stack
 * that declares it is judged.
 */
export function rangesOfPrefixLists(
  ids: readonly string[],
  resource: Resource,
  stack: Stack,
  property: string,
): string[] {
  const named = ({ urn }: Resource, id: string | undefined) =>
    id === undefined ? resource.dependsOn().includes(urn) : ids.includes(id);
  const lists = stack.of(managedPrefixList).filter((list) => named(list, list.text("id")));
  if (lists.length === 0 || lists.length < ids.length) throw new Undecided(property, "elsewhere");
  const entries = stack.of(managedPrefixListEntry).filter((entry) => {
    const id = entry.text("prefixListId");
    return lists.some((list) =>
      id === undefined ? entry.dependsOn("prefixListId").includes(list.urn) : id === list.text("id"),
    );
  });
  return [...lists.flatMap((list) => list.list("entries")), ...entries].flatMap((entry) => entry.string("cidr") ?? []);
}

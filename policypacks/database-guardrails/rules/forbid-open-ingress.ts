import { z } from "zod";
import { postgresPort } from "../../../components/standards/fixed";
import { defaultPort } from "../vocabulary/engines";
import { opens, prefixMin, rangesOfPrefixLists, wideRanges } from "../vocabulary/network";
import { decided, Undecided, WrongType, type Properties } from "../vocabulary/properties";
import type { Resource, Stack } from "../vocabulary/resource";
import { listWith } from "../judging/options";
import { defineRule, type Found } from "../judging/rule";
import {
  clusterInstance,
  databases,
  defaultSecurityGroup,
  securityGroup,
  securityGroupIngressRule,
  securityGroupRule,
} from "../vocabulary/types";

const guarded = [securityGroup, defaultSecurityGroup, securityGroupRule, securityGroupIngressRule];

export const forbidOpenIngress = defineRule({
  id: "forbid-open-ingress",
  title: "The database's port is open to named sources only",
  severity: "critical",
  owner: "team-security",
  controls: ["EC2.18", "EC2.19"],
  properties: [
    "ingress",
    "cidrBlocks",
    "ipv6CidrBlocks",
    "cidrIpv4",
    "cidrIpv6",
    "prefixListIds",
    "prefixListId",
    "port",
    "vpcSecurityGroupIds",
    "protocol",
    "ipProtocol",
    "fromPort",
    "toPort",
    "entries",
    "cidr",
  ],
  why: "Anyone who can reach the port can try passwords and exploit the next vulnerability of the server. A port opened for a test often stays open.",
  solution:
    "Allow the security groups of the applications (`reachableFrom` of `StandardDatabase`), or narrow address ranges of your own network.",
  throwaways: true,
  options: {
    ports: listWith(z.int().min(1).max(65_535), postgresPort)
      .default([postgresPort])
      .meta({
        title: "ports that databases listen on, in addition to those declared by the databases of the stack",
        description: `a list of numbers that includes ${postgresPort}`,
      }),
  },
  types: guarded,
  *check(resource, { ports }) {
    for (const entry of entriesOf(resource)) yield* decided(() => openTo(entry, ports));
  },
  // What only the rest of the stack shows: the ports that its databases listen on, and the ranges in prefix lists.
  typesInStack: guarded,
  *checkInStack(resource, stack, { ports }) {
    const { numbers, unreadable } = portsOfDatabases(stack);
    const own = numbers.filter((port) => !ports.includes(port));
    for (const entry of readableEntriesOf(resource)) {
      yield* decided(function* () {
        if (!ports.some((port) => opens(entry.rule, port))) yield* openTo(entry, own);
      });
      yield* decided(() => openByPrefixList(entry, [...ports, ...own], resource, stack));
    }
    yield* openInTotal(resource, [...ports, ...own], stack);
    yield* unreadable;
  },
});

/** One set of sources that a resource allows, and its path in the resource. */
interface Entry {
  rule: Properties;
  path: string;
  ranges: readonly string[];
  prefixLists: string;
}

function entriesOf(resource: Resource): Entry[] {
  const inGroup = { ranges: ["cidrBlocks", "ipv6CidrBlocks"], prefixLists: "prefixListIds" };
  if (resource.is(securityGroup, defaultSecurityGroup))
    return resource.list("ingress").map((rule, index) => ({ rule, path: `ingress[${index}].`, ...inGroup }));
  if (resource.is(securityGroupIngressRule))
    return [{ rule: resource, path: "", ranges: ["cidrIpv4", "cidrIpv6"], prefixLists: "prefixListId" }];
  return resource.word("type") === "ingress" ? [{ rule: resource, path: "", ...inGroup }] : [];
}

/** The entries that can be read; unreadable ones have been reported by `check`. */
function readableEntriesOf(resource: Resource): Entry[] {
  const reads = (read: () => unknown) =>
    ![...decided(() => [read()])].some((found) => found instanceof Undecided || found instanceof WrongType);
  if (!reads(() => entriesOf(resource))) return [];
  return entriesOf(resource).filter(({ rule }) => reads(() => opens(rule, postgresPort)));
}

function* openTo({ rule, path, ranges }: Entry, ports: readonly number[]): Iterable<Found> {
  const opened = ports.filter((port) => opens(rule, port));
  if (opened.length === 0) return;
  for (const property of ranges) {
    const { strings, unreadable } = textsOf(rule, property);
    yield* unreadable;
    yield* tooWide(`${path}${property}`, strings, opened);
  }
}

function* openByPrefixList(
  { rule, path, prefixLists }: Entry,
  ports: readonly number[],
  resource: Resource,
  stack: Stack,
): Iterable<Found> {
  const opened = ports.filter((port) => opens(rule, port));
  if (opened.length === 0 || !rule.has(prefixLists)) return;
  const { strings, unreadable } = textsOf(rule, prefixLists);
  if (strings.length + unreadable.length === 0) return;
  const property = `${path}${prefixLists}`;
  yield* tooWide(property, rangesOfPrefixLists(strings, resource, stack, property), opened);
}

function* tooWide(property: string, ranges: readonly string[], ports: readonly number[]): Iterable<Found> {
  const wide = wideRanges(ranges);
  if (wide.length === 0) return;
  const shown = wide.length > 5 ? `${wide.slice(0, 5).join(", ")} and ${wide.length - 5} more` : wide.join(", ");
  yield {
    property,
    found: shown,
    allowed: `security groups, or ranges of /${prefixMin.ipv4} (IPv6: /${prefixMin.ipv6}) and narrower, for port ${ports.join(", ")}`,
    change: `remove ${shown}`,
  };
}

/** Several narrow ranges, in separate entries or rules, may allow as many addresses in total as a wide one. */
function* openInTotal(resource: Resource, ports: readonly number[], stack: Stack): Iterable<Found> {
  const entries = partsOfGroup(resource, stack).flatMap((part) => readableEntriesOf(part));
  for (const port of ports) {
    const ranges = entries
      .filter(({ rule }) => opens(rule, port))
      .map(({ rule, ranges: names }) => names.flatMap((name) => textsOf(rule, name).strings));
    // A range that is too wide on its own has been reported for its entry.
    if (ranges.some((own) => wideRanges(own).length > 0)) return;
    const wide = wideRanges(ranges.flat());
    if (wide.length > 0)
      return yield* tooWide(resource.is(securityGroup, defaultSecurityGroup) ? "ingress" : "securityGroupId", wide, [
        port,
      ]);
  }
}

/** A group and the rules for it that are separate resources. */
function partsOfGroup(resource: Resource, stack: Stack): Resource[] {
  const isGroup = (one: Resource) => one.is(securityGroup, defaultSecurityGroup);
  const groupOf = (one: Resource) => one.text("securityGroupId") ?? one.dependsOn("securityGroupId")[0];
  const group = isGroup(resource) ? resource : undefined;
  const names = [group ? group.text("id") : groupOf(resource), group?.urn];
  return [
    resource,
    ...stack
      .of(...guarded)
      .filter((one) => one !== resource && !isGroup(one) && groupOf(one) !== undefined && names.includes(groupOf(one))),
  ];
}

/** A list of strings, or a single one. */
function textsOf(rule: Properties, property: string): ReturnType<Properties["readableStrings"]> {
  const single = rule.text(property);
  return single === undefined ? rule.readableStrings(property) : { strings: [single], unreadable: [] };
}

/** An unreadable port does not hide the others. */
function portsOfDatabases(stack: Stack): { numbers: number[]; unreadable: (Undecided | WrongType)[] } {
  const found = stack.of(...databases, clusterInstance).flatMap((database) => [...decided(() => [portOf(database)])]);
  const isUnreadable = (one: unknown): one is Undecided | WrongType =>
    one instanceof Undecided || one instanceof WrongType;
  return {
    numbers: [...new Set(found.filter((one): one is number => typeof one === "number"))],
    unreadable: found.filter(isUnreadable).slice(0, 1),
  };
}

/** A port that AWS chooses is unknown before deployment, but it is the engine's default. */
function portOf(database: Resource): number | undefined {
  try {
    return database.number("port") ?? defaultPort(database);
  } catch (thrown) {
    if (thrown instanceof Undecided && thrown.reason === "unknown") return defaultPort(database);
    throw thrown;
  }
}

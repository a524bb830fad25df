import { postgresPort } from "../../../components/standards";
import type { Properties } from "../properties";
import { defineRule, type Violation } from "../rule";
import { securityGroup, securityGroupIngressRule, securityGroupRule } from "../types";

/** A /8 is sixteen million addresses, an IPv6 /32 a whole internet provider: nobody knows who that is. */
const prefixMin = { ipv4: 9, ipv6: 33 };

export const forbidOpenIngress = defineRule({
  id: "forbid-open-ingress",
  title: "The database's port is open to named sources only",
  severity: "critical",
  owner: "team-security",
  controls: ["EC2.18", "EC2.19"],
  properties: ["ingress", "cidrBlocks", "ipv6CidrBlocks", "cidrIpv4", "cidrIpv6"],
  why: "Whoever reaches the port may try passwords, and the next flaw of the server. A port opened for a test tends to stay open.",
  solution: "Let in security groups of the applications (`reachableFrom` of `StandardDatabase`), or narrow address ranges of your own network.",
  throwaways: true,
  types: [securityGroup, securityGroupRule, securityGroupIngressRule],
  *check(resource, { ports = [postgresPort] }) {
    if (resource.is(securityGroup)) {
      for (const [index, entry] of resource.list("ingress").entries())
        yield* wideOf(entry, ports, `ingress[${index}].`, { ipv4: entry.strings("cidrBlocks"), ipv6: entry.strings("ipv6CidrBlocks") });
    } else if (resource.is(securityGroupRule)) {
      if (resource.string("type") === "ingress")
        yield* wideOf(resource, ports, "", { ipv4: resource.strings("cidrBlocks"), ipv6: resource.strings("ipv6CidrBlocks") });
    } else {
      yield* wideOf(resource, ports, "", { ipv4: one(resource.string("cidrIpv4")), ipv6: one(resource.string("cidrIpv6")) });
    }
  },
});

function* wideOf(entry: Properties, ports: readonly number[], path: string, ranges: { ipv4: string[]; ipv6: string[] }): Iterable<Violation> {
  const wide = [...ranges.ipv4.filter((range) => prefixOf(range) < prefixMin.ipv4), ...ranges.ipv6.filter((range) => prefixOf(range) < prefixMin.ipv6)];
  if (wide.length === 0 || !ports.some((port) => opens(entry, port))) return;
  const property = `${path}${wide[0]?.includes(":") ? "ipv6CidrBlocks" : "cidrBlocks"}`;
  yield {
    property,
    found: wide.join(", "),
    allowed: `security groups, or ranges of /${prefixMin.ipv4} (IPv6: /${prefixMin.ipv6}) and narrower, for port ${ports.join(", ")}`,
    change: `remove ${wide.join(", ")}`,
  };
}

function opens(entry: Properties, port: number): boolean {
  const protocol = entry.string("protocol") ?? entry.string("ipProtocol") ?? "-1";
  if (protocol === "-1" || protocol === "all") return true;
  if (protocol !== "tcp" && protocol !== "6") return false;
  return (entry.number("fromPort") ?? 0) <= port && port <= (entry.number("toPort") ?? 65_535);
}

/** Not a prefix at all: nothing known of its width, so as wide as can be. */
function prefixOf(range: string): number {
  const digits = /\/(\d+)$/.exec(range)?.[1];
  return digits === undefined ? 0 : Number(digits);
}

const one = (value: string | undefined): string[] => (value === undefined ? [] : [value]);

import { configSchemaOf, optionProblem } from "../../../policypacks/database-guardrails/judging/options";
import { encrypted, unknown } from "../../../policypacks/database-guardrails/vocabulary/properties";
import { forbidOpenIngress } from "../../../policypacks/database-guardrails/rules/forbid-open-ingress";
import {
  defaultSecurityGroup,
  managedPrefixList,
  managedPrefixListEntry,
  securityGroup,
  securityGroupIngressRule,
  securityGroupRule,
} from "../../../policypacks/database-guardrails/vocabulary/types";
import { claims, database, judged, named, resource, type ResourceFixture } from "../fixtures";

const group = (entry: Record<string, unknown>) =>
  resource(securityGroup, { ingress: [{ protocol: "tcp", fromPort: 5432, toPort: 5432, ...entry }] });
const open = { cidrBlocks: ["0.0.0.0/0"] };
/** A group that allows a prefix list, and that list. */
const withPrefixList = (cidr: string): [ResourceFixture, ResourceFixture] => [
  group({ prefixListIds: ["pl-1"] }),
  named("list", resource(managedPrefixList, { id: "pl-1", entries: [{ cidr }] })),
];

const rule = (cidrIpv4: string, securityGroupId = "sg-1") =>
  resource(securityGroupIngressRule, { ipProtocol: "tcp", fromPort: 5432, toPort: 5432, cidrIpv4, securityGroupId });

claims(forbidOpenIngress, {
  passes: {
    "access from another group that does not exist yet": group({ securityGroups: [unknown] }),
    "a narrow range": group({ cidrBlocks: ["10.1.2.0/24"] }),
    "the widest ranges that are allowed": group({ cidrBlocks: ["10.0.0.0/9"], ipv6CidrBlocks: ["2001:db8::/33"] }),
    "the whole world over UDP, which no database uses": group({ protocol: "UDP", ...open }),
    "a prefix list with narrow ranges": withPrefixList("10.1.2.0/24"),
    "an empty list of prefix lists": group({ prefixListIds: [] }),
    "the whole world on another port": group({ fromPort: 443, toPort: 443, cidrBlocks: ["0.0.0.0/0"] }),
    "an egress rule": resource(securityGroupRule, { type: "egress", protocol: "-1", cidrBlocks: ["0.0.0.0/0"] }),
    "a group without rules": resource(securityGroup),
    "the whole world over another protocol number": group({ protocol: "017", ...open }),
    "a few ranges of a private network, in separate rules": [rule("10.0.0.0/9"), named("other", rule("10.128.0.0/16"))],
  },
  fails: {
    "the whole world": [group({ cidrBlocks: ["0.0.0.0/0"] }), 'ingress[0].cidrBlocks is "0.0.0.0/0"'],
    "the whole world over IPv6": [group({ ipv6CidrBlocks: ["::/0"] }), "ipv6CidrBlocks"],
    "an IPv6 range as wide as a /32": [group({ ipv6CidrBlocks: ["2001:db8::/32"] }), "remove 2001:db8::/32"],
    "narrow ranges that are too wide in total": [
      group({ cidrBlocks: ["10.0.0.0/9", "10.128.0.0/9"] }),
      "remove 10.0.0.0/9, 10.128.0.0/9",
    ],
    "an invalid range": [group({ cidrBlocks: ["anywhere"] }), "remove anywhere"],
    "a protocol in capitals, which the provider accepts": [group({ protocol: "TCP", ...open }), "0.0.0.0/0"],
    "all protocols in capitals": [group({ protocol: "ALL", fromPort: 0, toPort: 0, ...open }), "0.0.0.0/0"],
    "a protocol given by its number": [group({ protocol: 6, ...open }), "0.0.0.0/0"],
    ...Object.fromEntries<[ResourceFixture, string]>(
      ["06", "+6", "0006", "-01", "Tcp ", "another name"].map((protocol) => [
        `a protocol written "${protocol}"`,
        [group({ protocol, ...open }), "0.0.0.0/0"],
      ]),
    ),
    "narrow ranges in separate entries that are too wide in total": [
      resource(securityGroup, {
        ingress: ["10.0.0.0/9", "10.128.0.0/9"].map((range) => ({
          protocol: "tcp",
          fromPort: 5432,
          toPort: 5432,
          cidrBlocks: [range],
        })),
      }),
      "remove 10.0.0.0/9, 10.128.0.0/9",
    ],
    "narrow rules of one group that are too wide in total": [
      [rule("10.0.0.0/9"), named("other", rule("10.128.0.0/9"))],
      "securityGroupId",
    ],
    "a rule that is too wide together with those of its group": [
      [
        resource(securityGroup, { id: "sg-1", ingress: [{ protocol: "-1", cidrBlocks: ["10.0.0.0/9"] }] }),
        named("rule", rule("10.128.0.0/9")),
      ],
      "ingress is",
    ],
    "the port of one database if that of another is encrypted": [
      [
        group({ fromPort: 6543, toPort: 6543, ...open }),
        named("db", database({ port: 6543 })),
        named("other", database({ port: encrypted })),
      ],
      "for port 6543",
    ],
    "ports given as strings": [group({ fromPort: "5432", toPort: "5432", ...open }), "0.0.0.0/0"],
    "a range of ports without an end": [group({ toPort: undefined, fromPort: 1024, ...open }), "0.0.0.0/0"],
    "any port, given as -1": [group({ fromPort: -1, toPort: -1, ...open }), "0.0.0.0/0"],
    "an ingress rule in capitals": [
      resource(securityGroupIngressRule, { ipProtocol: "TCP", fromPort: 5432, toPort: 5432, cidrIpv4: "0.0.0.0/0" }),
      "cidrIpv4",
    ],
    "a rule with its direction in capitals": [
      resource(securityGroupRule, { type: "INGRESS", protocol: "-1", cidrBlocks: ["0.0.0.0/0"] }),
      "0.0.0.0/0",
    ],
    "the default group of a network": [
      resource(defaultSecurityGroup, { ingress: [{ protocol: "-1", ...open }] }),
      "0.0.0.0/0",
    ],
    "a prefix list that contains the whole world": [
      withPrefixList("0.0.0.0/0"),
      'ingress[0].prefixListIds is "0.0.0.0/0"',
    ],
    "an entry of a prefix list": [
      [
        ...withPrefixList("10.1.2.0/24"),
        named("entry", resource(managedPrefixListEntry, { prefixListId: "pl-1", cidr: "0.0.0.0/0" })),
      ],
      "prefixListIds",
    ],
    "the port that a database of the stack listens on": [
      [group({ fromPort: 6543, toPort: 6543, ...open }), named("db", database({ port: 6543 }))],
      "for port 6543",
    ],
    "the port of another engine": [
      [group({ fromPort: 3306, toPort: 3306, ...open }), named("db", database({ engine: "mysql" }))],
      "for port 3306",
    ],
    "a readable range next to an encrypted one": [
      group({ cidrBlocks: [encrypted, "0.0.0.0/0"] }),
      'ingress[0].cidrBlocks is "0.0.0.0/0"',
    ],
    "an open rule next to an encrypted one": [
      resource(securityGroup, { ingress: [encrypted, { protocol: "tcp", fromPort: 5432, toPort: 5432, ...open }] }),
      'ingress[1].cidrBlocks is "0.0.0.0/0"',
    ],
    "a range as wide as a /8": [group({ cidrBlocks: ["10.0.0.0/8"] }), "remove 10.0.0.0/8"],
    "a range of ports that includes it": [
      group({ fromPort: 0, toPort: 65535, cidrBlocks: ["0.0.0.0/0"] }),
      "0.0.0.0/0",
    ],
    "every protocol": [group({ protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: ["0.0.0.0/0"] }), "0.0.0.0/0"],
    "a separate rule": [
      resource(securityGroupRule, {
        type: "ingress",
        protocol: "tcp",
        fromPort: 5432,
        toPort: 5432,
        cidrBlocks: ["0.0.0.0/0"],
      }),
      "0.0.0.0/0",
    ],
    "an ingress rule": [
      resource(securityGroupIngressRule, { ipProtocol: "tcp", fromPort: 5432, toPort: 5432, cidrIpv4: "0.0.0.0/0" }),
      "0.0.0.0/0",
    ],
    "rules of the wrong type": [resource(securityGroup, { ingress: "all" }), "a list"],
  },
  undecided: {
    "an encrypted range": group({ cidrBlocks: [encrypted] }),
    "a prefix list of another stack": group({ prefixListIds: ["pl-1"] }),
    "an unknown range": group({ cidrBlocks: [unknown] }),
    "unknown rules": resource(securityGroup, { ingress: unknown }),
  },
});

test("a port in the config is judged, and the standard port still is", () => {
  const other = group({ fromPort: 6000, toPort: 6000, ...open });
  expect(judged(forbidOpenIngress, other)).toEqual([]);
  expect(judged(forbidOpenIngress, other, { options: { ports: [5432, 6000] } })).toHaveLength(1);
  expect(judged(forbidOpenIngress, group(open), { options: { ports: [5432, 6000] } })).toHaveLength(1);
});

test("a config without the standard port is refused, by guard and by the schema for Pulumi", () => {
  expect(optionProblem(forbidOpenIngress, "ports", [6000])).toBe(
    "ports is [6000]; allowed: a list of numbers that includes 5432",
  );
  expect(configSchemaOf(forbidOpenIngress).properties["ports"]).toMatchObject({ contains: { const: 5432 } });
});

test("an encrypted value is never shown in a violation", () => {
  const findings = judged(forbidOpenIngress, group({ cidrBlocks: [encrypted, "0.0.0.0/0"] }));
  expect(findings.map(({ kind }) => kind).sort()).toEqual(["undecided", "violation"]);
  expect(findings.map(({ message }) => message).join()).not.toContain(encrypted);
});

test("an open entry is reported once, even though its stack is judged too", () => {
  const fixture: [ResourceFixture, ResourceFixture] = [group(open), named("db", database({ port: 5432 }))];
  expect(judged(forbidOpenIngress, fixture)).toHaveLength(1);
  expect(judged(forbidOpenIngress, resource(securityGroup, { ingress: [unknown] }))).toHaveLength(1);
});

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
import { claims, database, judged, named, some, type Given } from "../fixtures";

const group = (entry: Record<string, unknown>) =>
  some(securityGroup, { ingress: [{ protocol: "tcp", fromPort: 5432, toPort: 5432, ...entry }] });
const open = { cidrBlocks: ["0.0.0.0/0"] };
/** A group that lets in what a prefix list holds, and that list. */
const behindList = (cidr: string): [Given, Given] => [
  group({ prefixListIds: ["pl-1"] }),
  named("list", some(managedPrefixList, { id: "pl-1", entries: [{ cidr }] })),
];

const rule = (cidrIpv4: string, securityGroupId = "sg-1") =>
  some(securityGroupIngressRule, { ipProtocol: "tcp", fromPort: 5432, toPort: 5432, cidrIpv4, securityGroupId });

claims(forbidOpenIngress, {
  passes: {
    "a group that lets in another group, not made yet": group({ securityGroups: [unknown] }),
    "a narrow range": group({ cidrBlocks: ["10.1.2.0/24"] }),
    "the widest ranges that are allowed": group({ cidrBlocks: ["10.0.0.0/9"], ipv6CidrBlocks: ["2001:db8::/33"] }),
    "the whole world by UDP, which no database speaks": group({ protocol: "UDP", ...open }),
    "a prefix list of narrow ranges": behindList("10.1.2.0/24"),
    "an empty prefix list id": group({ prefixListIds: [] }),
    "the whole world on another port": group({ fromPort: 443, toPort: 443, cidrBlocks: ["0.0.0.0/0"] }),
    "a rule that lets out": some(securityGroupRule, { type: "egress", protocol: "-1", cidrBlocks: ["0.0.0.0/0"] }),
    "a group without rules": some(securityGroup),
    "the whole world by a protocol of another number": group({ protocol: "017", ...open }),
    "a few ranges of its own network, each in a rule of its own": [
      rule("10.0.0.0/9"),
      named("other", rule("10.128.0.0/16")),
    ],
  },
  fails: {
    "the whole world": [
      group({ cidrBlocks: ["0.0.0.0/0"] }),
      "ingress[0].cidrBlocks is 0.0.0.0/0".replace("0.0.0.0/0", '"0.0.0.0/0"'),
    ],
    "the world of IPv6": [group({ ipv6CidrBlocks: ["::/0"] }), "ipv6CidrBlocks"],
    "a range of IPv6 as wide as a /32": [group({ ipv6CidrBlocks: ["2001:db8::/32"] }), "remove 2001:db8::/32"],
    "narrow ranges that are as wide together": [
      group({ cidrBlocks: ["10.0.0.0/9", "10.128.0.0/9"] }),
      "remove 10.0.0.0/9, 10.128.0.0/9",
    ],
    "a range that is no range": [group({ cidrBlocks: ["anywhere"] }), "remove anywhere"],
    "a protocol in capitals, as the provider takes it": [group({ protocol: "TCP", ...open }), "0.0.0.0/0"],
    "all protocols in capitals": [group({ protocol: "ALL", fromPort: 0, toPort: 0, ...open }), "0.0.0.0/0"],
    "a protocol by its number": [group({ protocol: 6, ...open }), "0.0.0.0/0"],
    ...Object.fromEntries<[Given, string]>(
      ["06", "+6", "0006", "-01", "Tcp ", "another name"].map((protocol) => [
        `a protocol written "${protocol}"`,
        [group({ protocol, ...open }), "0.0.0.0/0"],
      ]),
    ),
    "narrow ranges in entries of their own that are as wide together": [
      some(securityGroup, {
        ingress: ["10.0.0.0/9", "10.128.0.0/9"].map((range) => ({
          protocol: "tcp",
          fromPort: 5432,
          toPort: 5432,
          cidrBlocks: [range],
        })),
      }),
      "remove 10.0.0.0/9, 10.128.0.0/9",
    ],
    "narrow rules of one group that are as wide together": [
      [rule("10.0.0.0/9"), named("other", rule("10.128.0.0/9"))],
      "securityGroupId",
    ],
    "a rule beside those of its group": [
      [
        some(securityGroup, { id: "sg-1", ingress: [{ protocol: "-1", cidrBlocks: ["10.0.0.0/9"] }] }),
        named("rule", rule("10.128.0.0/9")),
      ],
      "ingress is",
    ],
    "the port of one database, where that of another is encrypted": [
      [
        group({ fromPort: 6543, toPort: 6543, ...open }),
        named("db", database({ port: 6543 })),
        named("other", database({ port: encrypted })),
      ],
      "for port 6543",
    ],
    "ports given as texts": [group({ fromPort: "5432", toPort: "5432", ...open }), "0.0.0.0/0"],
    "no last port": [group({ toPort: undefined, fromPort: 1024, ...open }), "0.0.0.0/0"],
    "any port, as -1": [group({ fromPort: -1, toPort: -1, ...open }), "0.0.0.0/0"],
    "an ingress rule in capitals": [
      some(securityGroupIngressRule, { ipProtocol: "TCP", fromPort: 5432, toPort: 5432, cidrIpv4: "0.0.0.0/0" }),
      "cidrIpv4",
    ],
    "a rule whose direction is in capitals": [
      some(securityGroupRule, { type: "INGRESS", protocol: "-1", cidrBlocks: ["0.0.0.0/0"] }),
      "0.0.0.0/0",
    ],
    "the default group of a network": [
      some(defaultSecurityGroup, { ingress: [{ protocol: "-1", ...open }] }),
      "0.0.0.0/0",
    ],
    "a prefix list with the whole world in it": [behindList("0.0.0.0/0"), 'ingress[0].prefixListIds is "0.0.0.0/0"'],
    "an entry of a prefix list": [
      [
        ...behindList("10.1.2.0/24"),
        named("entry", some(managedPrefixListEntry, { prefixListId: "pl-1", cidr: "0.0.0.0/0" })),
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
    "a plain range beside an encrypted one": [
      group({ cidrBlocks: [encrypted, "0.0.0.0/0"] }),
      'ingress[0].cidrBlocks is "0.0.0.0/0"',
    ],
    "an open rule beside an encrypted one": [
      some(securityGroup, { ingress: [encrypted, { protocol: "tcp", fromPort: 5432, toPort: 5432, ...open }] }),
      'ingress[1].cidrBlocks is "0.0.0.0/0"',
    ],
    "a range as wide as a /8": [group({ cidrBlocks: ["10.0.0.0/8"] }), "remove 10.0.0.0/8"],
    "a range of ports around it": [group({ fromPort: 0, toPort: 65535, cidrBlocks: ["0.0.0.0/0"] }), "0.0.0.0/0"],
    "every protocol": [group({ protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: ["0.0.0.0/0"] }), "0.0.0.0/0"],
    "a rule of its own": [
      some(securityGroupRule, {
        type: "ingress",
        protocol: "tcp",
        fromPort: 5432,
        toPort: 5432,
        cidrBlocks: ["0.0.0.0/0"],
      }),
      "0.0.0.0/0",
    ],
    "an ingress rule": [
      some(securityGroupIngressRule, { ipProtocol: "tcp", fromPort: 5432, toPort: 5432, cidrIpv4: "0.0.0.0/0" }),
      "0.0.0.0/0",
    ],
    "a rule of the wrong type": [some(securityGroup, { ingress: "all" }), "a list"],
  },
  undecided: {
    "an encrypted range": group({ cidrBlocks: [encrypted] }),
    "a prefix list of another stack": group({ prefixListIds: ["pl-1"] }),
    "a range that is not known": group({ cidrBlocks: [unknown] }),
    "rules that are not known": some(securityGroup, { ingress: unknown }),
  },
});

test("a database on another port is guarded when the config names it, and the standard port stays guarded", () => {
  const other = group({ fromPort: 6000, toPort: 6000, ...open });
  expect(judged(forbidOpenIngress, other)).toEqual([]);
  expect(judged(forbidOpenIngress, other, { options: { ports: [5432, 6000] } })).toHaveLength(1);
  expect(judged(forbidOpenIngress, group(open), { options: { ports: [5432, 6000] } })).toHaveLength(1);
});

test("no config takes the standard port away: guard refuses it, and so does Pulumi by its schema", () => {
  expect(optionProblem(forbidOpenIngress, "ports", [6000])).toBe(
    "ports is [6000]; allowed: a list of numbers, 5432 among them",
  );
  expect(configSchemaOf(forbidOpenIngress).properties["ports"]).toMatchObject({ contains: { const: 5432 } });
});

test("an encrypted value is never shown as one that was found", () => {
  const findings = judged(forbidOpenIngress, group({ cidrBlocks: [encrypted, "0.0.0.0/0"] }));
  expect(findings.map(({ kind }) => kind).sort()).toEqual(["undecided", "violation"]);
  expect(findings.map(({ message }) => message).join()).not.toContain(encrypted);
});

test("a rule is named once, though its stack is asked as well", () => {
  const scene: [Given, Given] = [group(open), named("db", database({ port: 5432 }))];
  expect(judged(forbidOpenIngress, scene)).toHaveLength(1);
  expect(judged(forbidOpenIngress, some(securityGroup, { ingress: [unknown] }))).toHaveLength(1);
});

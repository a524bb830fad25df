import { unknown } from "../../../policypacks/database-guardrails/properties";
import { forbidOpenIngress } from "../../../policypacks/database-guardrails/rules/forbid-open-ingress";
import { securityGroup, securityGroupIngressRule, securityGroupRule } from "../../../policypacks/database-guardrails/types";
import { claims, judged, some } from "../fixtures";

const group = (entry: Record<string, unknown>) => some(securityGroup, { ingress: [{ protocol: "tcp", fromPort: 5432, toPort: 5432, ...entry }] });

claims(forbidOpenIngress, {
  passes: {
    "a group that lets in another group, not made yet": group({ securityGroups: [unknown] }),
    "a narrow range": group({ cidrBlocks: ["10.1.2.0/24"] }),
    "the whole world on another port": group({ fromPort: 443, toPort: 443, cidrBlocks: ["0.0.0.0/0"] }),
    "a rule that lets out": some(securityGroupRule, { type: "egress", protocol: "-1", cidrBlocks: ["0.0.0.0/0"] }),
    "a group without rules": some(securityGroup),
  },
  fails: {
    "the whole world": [group({ cidrBlocks: ["0.0.0.0/0"] }), "ingress[0].cidrBlocks is 0.0.0.0/0".replace("0.0.0.0/0", '"0.0.0.0/0"')],
    "the world of IPv6": [group({ ipv6CidrBlocks: ["::/0"] }), "ipv6CidrBlocks"],
    "a range as wide as a /8": [group({ cidrBlocks: ["10.0.0.0/8"] }), "remove 10.0.0.0/8"],
    "a range of ports around it": [group({ fromPort: 0, toPort: 65535, cidrBlocks: ["0.0.0.0/0"] }), "0.0.0.0/0"],
    "every protocol": [group({ protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: ["0.0.0.0/0"] }), "0.0.0.0/0"],
    "a rule of its own": [some(securityGroupRule, { type: "ingress", protocol: "tcp", fromPort: 5432, toPort: 5432, cidrBlocks: ["0.0.0.0/0"] }), "0.0.0.0/0"],
    "an ingress rule": [some(securityGroupIngressRule, { ipProtocol: "tcp", fromPort: 5432, toPort: 5432, cidrIpv4: "0.0.0.0/0" }), "0.0.0.0/0"],
    "a rule of the wrong type": [some(securityGroup, { ingress: "all" }), "a list"],
  },
  undecided: { "a range that is not known": group({ cidrBlocks: [unknown] }), "rules that are not known": some(securityGroup, { ingress: unknown }) },
});

test("a database on another port is guarded when the config names it", () => {
  const open = group({ fromPort: 6000, toPort: 6000, cidrBlocks: ["0.0.0.0/0"] });
  expect(judged(forbidOpenIngress, open)).toEqual([]);
  expect(judged(forbidOpenIngress, open, { ports: [5432, 6000] })).toHaveLength(1);
});

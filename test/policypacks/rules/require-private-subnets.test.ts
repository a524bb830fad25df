import { unknown } from "../../../policypacks/database-guardrails/vocabulary/properties";
import { requirePrivateSubnets } from "../../../policypacks/database-guardrails/rules/require-private-subnets";
import {
  defaultRouteTable,
  defaultSubnet,
  internetGateway,
  mainRouteTableAssociation,
  route,
  routeTable,
  routeTableAssociation,
  subnet,
  subnetGroup,
} from "../../../policypacks/database-guardrails/vocabulary/types";
import { claims, some, urnOf } from "../fixtures";

const inside = some(subnet, {}, { name: "a" });
const table = some(routeTable, { routes: [{ cidrBlock: "0.0.0.0/0", gatewayId: "igw-1" }] }, { name: "table" });
const closed = some(routeTable, { routes: [{ cidrBlock: "0.0.0.0/0", natGatewayId: "nat-1" }] }, { name: "table" });
const association = some(
  routeTableAssociation,
  {},
  { name: "association", dependencies: { subnetId: [urnOf(inside)], routeTableId: [urnOf(table)] } },
);
const group = some(subnetGroup, {}, { name: "group", dependencies: { subnetIds: [urnOf(inside)] } });
const gateway = some(internetGateway, {}, { name: "gateway" });
const way = some(
  route,
  { gatewayId: unknown },
  { name: "way", dependencies: { routeTableId: [urnOf(table)], gatewayId: [urnOf(gateway)] } },
);

/** In a network whose main route table counts where nothing else is said. */
const inNetwork = some(subnet, { id: "subnet-a" }, { name: "a", dependencies: { vpcId: ["urn:vpc"] } });
const main = some(
  defaultRouteTable,
  { routes: [{ cidrBlock: "0.0.0.0/0", gatewayId: "igw-1" }] },
  { name: "main", dependencies: { defaultRouteTableId: ["urn:vpc"] } },
);
const chosen = some(
  mainRouteTableAssociation,
  {},
  { name: "chosen", dependencies: { vpcId: ["urn:vpc"], routeTableId: [urnOf(table)] } },
);
const byDefault = some(defaultSubnet, {}, { name: "default" });

claims(requirePrivateSubnets, {
  passes: {
    "a network in another stack": some(subnetGroup, { subnetIds: ["subnet-1"] }),
    "subnets that are not made yet, in another stack": some(subnetGroup, { subnetIds: unknown }),
    "a way out through a NAT": [group, inside, closed, association],
    "a subnet without routes of its own": [group, inside],
    "a subnet with routes of its own, whatever the main ones are": [group, inNetwork, main, closed, association],
    "the main routes of another network": [
      group,
      inNetwork,
      { ...main, dependencies: { defaultRouteTableId: ["urn:other"] } },
    ],
  },
  fails: {
    "a route to an internet gateway": [
      [group, inside, table, association],
      "allowed: subnets whose routes lead to no internet gateway",
    ],
    "the same as a route of its own, not made yet": [
      [group, inside, closed, association, gateway, way],
      'subnetIds is "a"',
    ],
    "the main routes of the network": [[group, inNetwork, main], 'subnetIds is "a"'],
    "a table that was made the main one": [[group, inNetwork, table, chosen], 'subnetIds is "a"'],
    "a subnet that is named by its id": [
      [some(subnetGroup, { subnetIds: ["subnet-a"] }), inNetwork, main],
      'subnetIds is "a"',
    ],
    "a subnet of AWS's default network": [
      [some(subnetGroup, {}, { dependencies: { subnetIds: [urnOf(byDefault)] } }), byDefault],
      'subnetIds is "default"',
    ],
    "routes of the wrong type": [[group, inside, { ...table, properties: { routes: "out" } }, association], "a list"],
  },
  undecided: {
    "routes that are not known": [group, inside, { ...table, properties: { routes: unknown } }, association],
  },
});

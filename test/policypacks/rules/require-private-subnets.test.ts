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
import { claims, resource, urnOf } from "../fixtures";

const inside = resource(subnet, {}, { name: "a" });
const table = resource(routeTable, { routes: [{ cidrBlock: "0.0.0.0/0", gatewayId: "igw-1" }] }, { name: "table" });
const closed = resource(routeTable, { routes: [{ cidrBlock: "0.0.0.0/0", natGatewayId: "nat-1" }] }, { name: "table" });
const association = resource(
  routeTableAssociation,
  {},
  { name: "association", dependencies: { subnetId: [urnOf(inside)], routeTableId: [urnOf(table)] } },
);
const group = resource(subnetGroup, {}, { name: "group", dependencies: { subnetIds: [urnOf(inside)] } });
const gateway = resource(internetGateway, {}, { name: "gateway" });
const gatewayRoute = resource(
  route,
  { gatewayId: unknown },
  { name: "gateway-route", dependencies: { routeTableId: [urnOf(table)], gatewayId: [urnOf(gateway)] } },
);

/** In a network whose main route table applies to subnets without their own. */
const inNetwork = resource(subnet, { id: "subnet-a" }, { name: "a", dependencies: { vpcId: ["urn:vpc"] } });
const main = resource(
  defaultRouteTable,
  { routes: [{ cidrBlock: "0.0.0.0/0", gatewayId: "igw-1" }] },
  { name: "main", dependencies: { defaultRouteTableId: ["urn:vpc"] } },
);
const chosen = resource(
  mainRouteTableAssociation,
  {},
  { name: "chosen", dependencies: { vpcId: ["urn:vpc"], routeTableId: [urnOf(table)] } },
);
const byDefault = resource(defaultSubnet, {}, { name: "default" });

claims(requirePrivateSubnets, {
  passes: {
    "a network in another stack": resource(subnetGroup, { subnetIds: ["subnet-1"] }),
    "subnets of another stack that do not exist yet": resource(subnetGroup, { subnetIds: unknown }),
    "a route through a NAT gateway": [group, inside, closed, association],
    "a subnet without its own routes": [group, inside],
    "a subnet with its own private routes, despite the main ones": [group, inNetwork, main, closed, association],
    "the main routes of another network": [
      group,
      inNetwork,
      { ...main, dependencies: { defaultRouteTableId: ["urn:other"] } },
    ],
  },
  fails: {
    "a route to an internet gateway": [
      [group, inside, table, association],
      "allowed: subnets without a route to an internet gateway",
    ],
    "a separate route resource that does not exist yet": [
      [group, inside, closed, association, gateway, gatewayRoute],
      'subnetIds is "a"',
    ],
    "the main routes of the network": [[group, inNetwork, main], 'subnetIds is "a"'],
    "a table that was set as the main one": [[group, inNetwork, table, chosen], 'subnetIds is "a"'],
    "a subnet given by its id": [
      [resource(subnetGroup, { subnetIds: ["subnet-a"] }), inNetwork, main],
      'subnetIds is "a"',
    ],
    "a subnet of AWS's default network": [
      [resource(subnetGroup, {}, { dependencies: { subnetIds: [urnOf(byDefault)] } }), byDefault],
      'subnetIds is "default"',
    ],
    "routes of the wrong type": [[group, inside, { ...table, properties: { routes: "out" } }, association], "a list"],
  },
  undecided: {
    "unknown routes": [group, inside, { ...table, properties: { routes: unknown } }, association],
  },
});

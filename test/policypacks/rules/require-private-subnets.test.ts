import { unknown } from "../../../policypacks/database-guardrails/properties";
import { requirePrivateSubnets } from "../../../policypacks/database-guardrails/rules/require-private-subnets";
import { internetGateway, route, routeTable, routeTableAssociation, subnet, subnetGroup } from "../../../policypacks/database-guardrails/types";
import { claims, some, urnOf } from "../fixtures";

const inside = some(subnet, {}, { name: "a" });
const table = some(routeTable, { routes: [{ cidrBlock: "0.0.0.0/0", gatewayId: "igw-1" }] }, { name: "table" });
const closed = some(routeTable, { routes: [{ cidrBlock: "0.0.0.0/0", natGatewayId: "nat-1" }] }, { name: "table" });
const association = some(routeTableAssociation, {}, { name: "association", dependencies: { subnetId: [urnOf(inside)], routeTableId: [urnOf(table)] } });
const group = some(subnetGroup, {}, { name: "group", dependencies: { subnetIds: [urnOf(inside)] } });
const gateway = some(internetGateway, {}, { name: "gateway" });
const way = some(route, { gatewayId: unknown }, { name: "way", dependencies: { routeTableId: [urnOf(table)], gatewayId: [urnOf(gateway)] } });

claims(requirePrivateSubnets, {
  passes: {
    "a network in another stack": some(subnetGroup, { subnetIds: ["subnet-1"] }),
    "subnets that are not made yet, in another stack": some(subnetGroup, { subnetIds: unknown }),
    "a way out through a NAT": [group, inside, closed, association],
    "a subnet without routes of its own": [group, inside],
  },
  fails: {
    "a route to an internet gateway": [[group, inside, table, association], "allowed: subnets whose routes lead to no internet gateway"],
    "the same as a route of its own, not made yet": [[group, inside, closed, association, gateway, way], 'subnetIds is "a"'],
    "routes of the wrong type": [[group, inside, { ...table, properties: { routes: "out" } }, association], "a list"],
  },
  undecided: { "routes that are not known": [group, inside, { ...table, properties: { routes: unknown } }, association] },
});

import { defineRule } from "../judging/rule";
import type { Resource, Stack } from "../vocabulary/resource";
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
} from "../vocabulary/types";

export const requirePrivateSubnets = defineRule({
  id: "require-private-subnets",
  title: "Databases are in subnets without a route to the internet",
  severity: "high",
  owner: "team-security",
  controls: ["RDS.46"],
  properties: ["subnetIds", "routes", "gatewayId"],
  why: "In a subnet with a route to an internet gateway, a public address and an open port are enough. Without the route nothing outside ever gets there.",
  solution:
    "Give the subnet group private subnets. Where the network is declared in another stack this rule can't see its routes; judge that stack as well.",
  typesInStack: [subnetGroup],
  *checkInStack(group, stack) {
    const named = group.readableStrings("subnetIds").strings;
    const own = stack
      .of(subnet)
      .filter((one) => group.dependsOn("subnetIds").includes(one.urn) || named.includes(one.text("id") ?? ""));
    // AWS makes the default network with a way out from each of its subnets.
    const open = [...own.filter((one) => hasWayOut(one, stack)), ...stack.behind(group, defaultSubnet, "subnetIds")];
    if (open.length > 0)
      yield {
        property: "subnetIds",
        found: open.map(({ name }) => name).join(", "),
        allowed: "subnets whose routes lead to no internet gateway",
        change: "give private subnets instead",
      };
  },
});

function hasWayOut(one: Resource, stack: Stack): boolean {
  return tablesOf(one, stack).some(
    (table) =>
      leadsOut(table, stack) ||
      stack
        .of(route)
        .some((single) => stack.behind(single, table.type, "routeTableId").includes(table) && leadsOut(single, stack)),
  );
}

/** Those it is associated with, else the main ones of its network. */
function tablesOf(one: Resource, stack: Stack): Resource[] {
  const associated = stack
    .of(routeTableAssociation)
    .filter((association) => stack.behind(association, subnet, "subnetId").includes(one));
  if (associated.length > 0)
    return associated.flatMap((association) => stack.behind(association, routeTable, "routeTableId"));
  const beside = (other: Resource) =>
    other.dependsOn().some((urn) => one.dependsOn("vpcId").includes(urn)) ||
    (one.text("vpcId") ?? "") === (other.text("vpcId") ?? "none");
  return [
    ...stack.of(defaultRouteTable).filter(beside),
    ...stack
      .of(mainRouteTableAssociation)
      .filter(beside)
      .flatMap((association) => stack.behind(association, routeTable, "routeTableId")),
  ];
}

function leadsOut(resource: Resource, stack: Stack): boolean {
  const gateways = [
    resource.text("gatewayId"),
    ...(resource.is(routeTable, defaultRouteTable)
      ? resource.list("routes").map((entry) => entry.text("gatewayId"))
      : []),
  ];
  return gateways.some((gateway) => gateway?.startsWith("igw-")) || stack.behind(resource, internetGateway).length > 0;
}

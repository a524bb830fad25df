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
  why: "In a subnet with a route to an internet gateway, a public address and an open port are enough to expose a database. Without the route, nothing on the internet can reach it.",
  solution:
    "Use private subnets in the subnet group. If the network is declared in another stack, this rule can't see its routes, so judge that stack too.",
  typesInStack: [subnetGroup],
  *checkInStack(group, stack) {
    const named = group.readableStrings("subnetIds").strings;
    const own = stack
      .of(subnet)
      .filter((one) => group.dependsOn("subnetIds").includes(one.urn) || named.includes(one.text("id") ?? ""));
    // In AWS's default network every subnet has a route to the internet.
    const open = [
      ...own.filter((one) => hasInternetRoute(one, stack)),
      ...stack.dependenciesOf(group, defaultSubnet, "subnetIds"),
    ];
    if (open.length > 0)
      yield {
        property: "subnetIds",
        found: open.map(({ name }) => name).join(", "),
        allowed: "subnets without a route to an internet gateway",
        change: "use private subnets instead",
      };
  },
});

function hasInternetRoute(one: Resource, stack: Stack): boolean {
  return tablesOf(one, stack).some(
    (table) =>
      routesToInternet(table, stack) ||
      stack
        .of(route)
        .some(
          (single) =>
            stack.dependenciesOf(single, table.type, "routeTableId").includes(table) && routesToInternet(single, stack),
        ),
  );
}

/** The route tables associated with a subnet, or else the main ones of its network. */
function tablesOf(one: Resource, stack: Stack): Resource[] {
  const associated = stack
    .of(routeTableAssociation)
    .filter((association) => stack.dependenciesOf(association, subnet, "subnetId").includes(one));
  if (associated.length > 0)
    return associated.flatMap((association) => stack.dependenciesOf(association, routeTable, "routeTableId"));
  const isInSameNetwork = (other: Resource) =>
    other.dependsOn().some((urn) => one.dependsOn("vpcId").includes(urn)) ||
    (one.text("vpcId") ?? "") === (other.text("vpcId") ?? "none");
  return [
    ...stack.of(defaultRouteTable).filter(isInSameNetwork),
    ...stack
      .of(mainRouteTableAssociation)
      .filter(isInSameNetwork)
      .flatMap((association) => stack.dependenciesOf(association, routeTable, "routeTableId")),
  ];
}

function routesToInternet(resource: Resource, stack: Stack): boolean {
  const gateways = [
    resource.text("gatewayId"),
    ...(resource.is(routeTable, defaultRouteTable)
      ? resource.list("routes").map((entry) => entry.text("gatewayId"))
      : []),
  ];
  return (
    gateways.some((gateway) => gateway?.startsWith("igw-")) ||
    stack.dependenciesOf(resource, internetGateway).length > 0
  );
}

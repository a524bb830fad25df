import { defineRule } from "../rule";
import type { Resource, Stack } from "../resource";
import { internetGateway, route, routeTable, routeTableAssociation, subnet, subnetGroup } from "../types";

export const requirePrivateSubnets = defineRule({
  id: "require-private-subnets",
  title: "Databases stand in subnets without a way to the internet",
  severity: "high",
  owner: "team-security",
  controls: ["RDS.46"],
  properties: ["subnetIds"],
  why: "In a subnet with a route to an internet gateway, a public address and an open port are enough. Without the route nothing outside ever gets there.",
  solution: "Give the subnet group private subnets. Where the network is declared in another stack this rule can't see its routes; judge that stack as well.",
  typesInStack: [subnetGroup],
  *checkInStack(group, stack) {
    const open = stack.behind(group, subnet, "subnetIds").filter((one) => hasWayOut(one, stack));
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
  const tables = stack
    .of(routeTableAssociation)
    .filter((association) => stack.behind(association, subnet, "subnetId").includes(one))
    .flatMap((association) => stack.behind(association, routeTable, "routeTableId"));
  return tables.some(
    (table) =>
      leadsOut(table, stack) || stack.of(route).some((single) => stack.behind(single, routeTable, "routeTableId").includes(table) && leadsOut(single, stack)),
  );
}

function leadsOut(resource: Resource, stack: Stack): boolean {
  const gateways = [resource.text("gatewayId"), ...(resource.is(routeTable) ? resource.list("routes").map((entry) => entry.text("gatewayId")) : [])];
  return gateways.some((gateway) => gateway?.startsWith("igw-")) || stack.behind(resource, internetGateway).length > 0;
}

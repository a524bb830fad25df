import type { Properties } from "../../adapter/resource";
import {
  computed,
  createOnly,
  flag,
  objectSet,
  region,
  required,
  tagged,
  text,
  texts,
  textSet,
  whole,
} from "../property-kinds";
import { refused } from "./refused-type";

const targets: Properties = Object.fromEntries(
  [
    "carrierGatewayId",
    "coreNetworkArn",
    "egressOnlyGatewayId",
    "gatewayId",
    "localGatewayId",
    "natGatewayId",
    "networkInterfaceId",
    "odbNetworkArn",
    "transitGatewayId",
    "vpcEndpointId",
    "vpcPeeringConnectionId",
  ].map((name) => [name, text]),
);

export const route = refused({
  ...targets,
  destinationCidrBlock: createOnly(text),
  destinationIpv6CidrBlock: createOnly(text),
  destinationPrefixListId: createOnly(text),
  region,
  routeTableId: createOnly(required(text)),
});

const routes = computed(
  objectSet({ ...targets, cidrBlock: text, destinationPrefixListId: text, instanceId: text, ipv6CidrBlock: text }),
);

export const routeTable = refused({
  ...tagged,
  propagatingVgws: computed(textSet),
  region,
  routes,
  vpcId: createOnly(required(text)),
});
export const defaultRouteTable = refused({
  ...tagged,
  defaultRouteTableId: createOnly(required(text)),
  propagatingVgws: textSet,
  region,
  routes,
});
export const routeTableAssociation = refused({
  gatewayId: createOnly(text),
  region,
  routeTableId: required(text),
  subnetId: createOnly(text),
});
export const mainRouteTableAssociation = refused({
  region,
  routeTableId: required(text),
  vpcId: createOnly(required(text)),
});

export const internetGateway = refused({ ...tagged, region, vpcId: computed(text) });
export const internetGatewayAttachment = refused({
  internetGatewayId: createOnly(required(text)),
  region,
  vpcId: createOnly(required(text)),
});
export const natGateway = refused({
  ...tagged,
  allocationId: createOnly(text),
  availabilityMode: createOnly(computed(text)),
  connectivityType: createOnly(text),
  privateIp: createOnly(computed(text)),
  region,
  secondaryAllocationIds: computed(textSet),
  secondaryPrivateIpAddressCount: computed(whole),
  secondaryPrivateIpAddresses: computed(textSet),
  subnetId: createOnly(text),
  vpcId: createOnly(computed(text)),
});

/** Rules declared separately from their group: the platform declares rules inline, and guardrails judge these, too. */
export const securityGroupRule = refused({
  cidrBlocks: createOnly(texts),
  description: text,
  fromPort: createOnly(required(whole)),
  ipv6CidrBlocks: createOnly(texts),
  prefixListIds: createOnly(texts),
  protocol: createOnly(required(text)),
  region,
  securityGroupId: createOnly(required(text)),
  self: createOnly(flag),
  sourceSecurityGroupId: createOnly(computed(text)),
  toPort: createOnly(required(whole)),
  type: createOnly(required(text)),
});

export const securityGroupRuleOfVpc = refused({
  ...tagged,
  cidrIpv4: text,
  cidrIpv6: text,
  description: text,
  fromPort: whole,
  ipProtocol: required(text),
  prefixListId: text,
  referencedSecurityGroupId: text,
  region,
  securityGroupId: createOnly(required(text)),
  toPort: whole,
});

import type { Properties } from "../../adapter/resource";
import { autoname } from "../generated-names";
import {
  computed,
  createOnly,
  flag,
  managedByPulumi,
  named,
  objectSet,
  output,
  region,
  required,
  tagged,
  text,
  texts,
  textSet,
  whole,
  withDefault,
} from "../property-kinds";
import { recorded } from "./recorded-type";

export const vpc = recorded({
  noun: "EC2 VPC",
  properties: {
    ...tagged,
    arn: output(text),
    assignGeneratedIpv6CidrBlock: flag,
    cidrBlock: createOnly(computed(text)),
    defaultNetworkAclId: output(text),
    defaultRouteTableId: output(text),
    defaultSecurityGroupId: output(text),
    dhcpOptionsId: output(text),
    enableDnsHostnames: computed(flag),
    enableDnsSupport: withDefault(flag, true),
    enableNetworkAddressUsageMetrics: computed(flag),
    instanceTenancy: withDefault(text, "default"),
    ipv4IpamPoolId: createOnly(text),
    ipv4NetmaskLength: createOnly(whole),
    ipv6AssociationId: output(text),
    ipv6CidrBlock: computed(text),
    ipv6CidrBlockNetworkBorderGroup: computed(text),
    ipv6IpamPoolId: text,
    ipv6NetmaskLength: whole,
    mainRouteTableId: output(text),
    ownerId: output(text),
    region,
  },
});

export const subnet = recorded({
  noun: "EC2 Subnet",
  properties: {
    ...tagged,
    arn: output(text),
    assignIpv6AddressOnCreation: flag,
    availabilityZone: createOnly(computed(text)),
    availabilityZoneId: createOnly(computed(text)),
    cidrBlock: createOnly(computed(text)),
    customerOwnedIpv4Pool: text,
    enableDns64: flag,
    enableLniAtDeviceIndex: whole,
    enableResourceNameDnsARecordOnLaunch: flag,
    enableResourceNameDnsAaaaRecordOnLaunch: flag,
    ipv4IpamPoolId: createOnly(text),
    ipv4NetmaskLength: createOnly(whole),
    ipv6CidrBlock: computed(text),
    ipv6CidrBlockAssociationId: output(text),
    ipv6IpamPoolId: text,
    ipv6Native: createOnly(flag),
    ipv6NetmaskLength: whole,
    mapCustomerOwnedIpOnLaunch: flag,
    mapPublicIpOnLaunch: flag,
    outpostArn: createOnly(text),
    ownerId: output(text),
    privateDnsHostnameTypeOnLaunch: computed(text),
    region,
    vpcId: createOnly(required(text)),
  },
});

const rule: Properties = {
  cidrBlocks: texts,
  description: text,
  fromPort: required(whole),
  ipv6CidrBlocks: texts,
  prefixListIds: texts,
  protocol: required(text),
  securityGroups: textSet,
  self: flag,
  toPort: required(whole),
};

/**
 * Inline rules are the complete list: a rule added by hand is a difference, as long as the program gives the list, even
 * an empty one.
 */
export const securityGroup = recorded({
  noun: "EC2 Security Group",
  autoname: autoname(255),
  properties: {
    ...named,
    ...tagged,
    arn: output(text),
    description: createOnly(managedByPulumi),
    egress: computed(objectSet(rule)),
    ingress: computed(objectSet(rule)),
    ownerId: output(text),
    region,
    revokeRulesOnDelete: flag,
    vpcId: createOnly(computed(text)),
  },
});

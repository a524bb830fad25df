import { type CreationContext, type Properties, type RecordedType, ec2Id, reference, text } from "../recorded-type";

export const VPC = "aws:ec2/vpc:Vpc";
export const SUBNET = "aws:ec2/subnet:Subnet";
export const SECURITY_GROUP = "aws:ec2/securityGroup:SecurityGroup";

/** The VPC every Region starts with; a security group that names none is in it. */
export const defaultVpcId = "vpc-0a1b2c3d4e5f60001";

const ec2Arn = (kind: string, id: string, context: CreationContext): string =>
  `arn:aws:ec2:${context.region}:${context.accountId}:${kind}/${id}`;

const inVpc = (properties: Properties) => reference(VPC, "vpcId", properties, "refused");

const vpc: RecordedType = {
  token: VPC,
  noun: "VPC",
  required: ["cidrBlock"],
  identify(_properties, context) {
    const id = ec2Id("vpc");
    const arn = ec2Arn("vpc", id, context);
    const computed = {
      arn,
      ownerId: context.accountId,
      defaultSecurityGroupId: ec2Id("sg"),
      defaultNetworkAclId: ec2Id("acl"),
      defaultRouteTableId: ec2Id("rtb"),
      dhcpOptionsId: ec2Id("dopt"),
      enableDnsSupport: true,
      enableDnsHostnames: false,
      instanceTenancy: "default",
    };
    return { id, arn, computed: { ...computed, mainRouteTableId: computed.defaultRouteTableId } };
  },
};

const subnet: RecordedType = {
  token: SUBNET,
  noun: "subnet",
  required: ["vpcId", "cidrBlock"],
  identify(properties, context) {
    const id = ec2Id("subnet");
    const arn = ec2Arn("subnet", id, context);
    const zone = text(properties, "availabilityZone") || `${context.region}a`;
    return {
      id,
      arn,
      computed: { arn, ownerId: context.accountId, availabilityZone: zone, mapPublicIpOnLaunch: false },
    };
  },
  references: inVpc,
  mustBeUnique: (properties) => named(text(properties, "vpcId"), text(properties, "cidrBlock")),
};

const securityGroup: RecordedType = {
  token: SECURITY_GROUP,
  noun: "security group",
  required: ["name"],
  identify(_properties, context) {
    const id = ec2Id("sg");
    const arn = ec2Arn("security-group", id, context);
    return { id, arn, computed: { arn, ownerId: context.accountId, vpcId: defaultVpcId, ingress: [], egress: [] } };
  },
  references: inVpc,
  mustBeUnique: (properties) => named(text(properties, "vpcId") || defaultVpcId, text(properties, "name")),
};

const named = (vpcId: string, name: string): string | undefined => (name === "" ? undefined : `${name} in ${vpcId}`);

export const networkTypes: RecordedType[] = [vpc, subnet, securityGroup];

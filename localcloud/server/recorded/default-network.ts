import type { CreationContext, RecordedResource } from "./recorded-type";
import { SECURITY_GROUP, SUBNET, VPC, defaultVpcId } from "./types/network";

export { defaultVpcId };

export const defaultSecurityGroupId = "sg-0a1b2c3d4e5f60001";

const vpcCidrBlock = "10.0.0.0/16";
const subnets = ["a", "b", "c"].map((zone, position) => ({
  id: `subnet-0a1b2c3d4e5f6000${position + 1}`,
  zone,
  cidrBlock: `10.0.${position + 1}.0/24`,
}));

/**
 * The network that every Region of the embedded cloud starts with, so that databases have subnets. It looks like
 * records, but is built in and cannot be deleted.
 */
export function defaultNetwork(context: CreationContext): RecordedResource[] {
  const arnOf = (kind: string, id: string) => `arn:aws:ec2:${context.region}:${context.accountId}:${kind}/${id}`;
  const record = (type: string, kind: string, id: string, properties: Record<string, unknown>): RecordedResource => ({
    type,
    name: "default",
    region: context.region,
    id,
    arn: arnOf(kind, id),
    properties: { arn: arnOf(kind, id), ownerId: context.accountId, tags: {}, ...properties },
    createdAt: new Date(0).toISOString(),
    computed: [],
  });
  return [
    record(VPC, "vpc", defaultVpcId, {
      cidrBlock: vpcCidrBlock,
      defaultSecurityGroupId,
      enableDnsSupport: true,
      enableDnsHostnames: true,
    }),
    record(SECURITY_GROUP, "security-group", defaultSecurityGroupId, {
      name: "default",
      vpcId: defaultVpcId,
      ingress: [],
      egress: [],
    }),
    ...subnets.map(({ id, zone, cidrBlock }) =>
      record(SUBNET, "subnet", id, {
        vpcId: defaultVpcId,
        cidrBlock,
        availabilityZone: `${context.region}${zone}`,
        mapPublicIpOnLaunch: false,
      }),
    ),
  ];
}

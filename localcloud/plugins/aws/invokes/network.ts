import type { PropertyValues } from "../../adapter/wire";
import type { AwsConfig } from "../configuration";
import { listRecords } from "../recorded/records";
import type { Invokes } from "./invokes";

/** The default network and what programs have recorded in addition. */
export const networkInvokes: Invokes = {
  "aws:ec2/getVpc:getVpc": async (args, { config, signal }) => {
    const region = args.region ?? config.region;
    const vpcs = (await records(config, "aws:ec2/vpc:Vpc", region, signal)).filter(
      (vpc) => matches(vpc, args, ["cidrBlock", "dhcpOptionsId", "id"]) && (!args.default || vpc.name === "default"),
    );
    const vpc = only(vpcs, "EC2 VPC");
    return {
      ...vpc,
      cidrBlockAssociations: [],
      default: vpc.name === "default",
      enableNetworkAddressUsageMetrics: false,
      instanceTenancy: vpc.instanceTenancy ?? "default",
      region,
      state: "available",
    };
  },

  "aws:ec2/getSubnets:getSubnets": async (args, { config, signal }) => {
    const region = args.region ?? config.region;
    const subnets = (await records(config, "aws:ec2/subnet:Subnet", region, signal)).filter((subnet) =>
      matches(subnet, args, []),
    );
    return { ...args, id: region, ids: subnets.map((subnet) => subnet.id).sort(), region, tags: args.tags ?? {} };
  },

  "aws:ec2/getSubnet:getSubnet": async (args, { config, signal }) => {
    const region = args.region ?? config.region;
    const subnets = (await records(config, "aws:ec2/subnet:Subnet", region, signal)).filter((subnet) =>
      matches(subnet, args, ["availabilityZone", "cidrBlock", "id", "vpcId"]),
    );
    return { ...only(subnets, "EC2 Subnet"), region, state: "available" };
  },
};

async function records(
  config: AwsConfig,
  type: string,
  region: string,
  signal: AbortSignal,
): Promise<PropertyValues[]> {
  const found: PropertyValues[] = await listRecords(config, type, signal);
  return found
    .filter((record) => record.region === region)
    .map(({ id, name, properties }) => ({ ...properties, id, name, tags: properties.tags ?? {} }));
}

/** EC2's filters that programs commonly use, by the property each compares. */
const filterProperties: Record<string, string> = {
  "vpc-id": "vpcId",
  "cidr-block": "cidrBlock",
  cidr: "cidrBlock",
  "availability-zone": "availabilityZone",
  "subnet-id": "id",
  "owner-id": "ownerId",
  "map-public-ip-on-launch": "mapPublicIpOnLaunch",
};

function matches(resource: PropertyValues, args: PropertyValues, properties: string[]): boolean {
  const bySetting = properties.every((name) => args[name] === undefined || resource[name] === args[name]);
  const byTag = Object.entries(args.tags ?? {}).every(([key, value]) => resource.tags[key] === value);
  return (
    bySetting &&
    byTag &&
    (args.filters ?? []).every((filter: PropertyValues) =>
      filter.values.includes(String(filtered(resource, filter.name))),
    )
  );
}

function filtered(resource: PropertyValues, filter: string): unknown {
  if (filter.startsWith("tag:")) return resource.tags[filter.slice("tag:".length)];
  const property = filterProperties[filter];
  if (!property)
    throw new Error(
      `the filter ${filter} is not supported here; there are ${Object.keys(filterProperties).join(", ")} and tag:<key>`,
    );
  return resource[property];
}

function only(found: PropertyValues[], noun: string): PropertyValues {
  const [first, ...others] = found;
  if (!first) throw new Error(`no matching ${noun} found`);
  if (others.length > 0)
    throw new Error(
      `multiple ${noun}s matched (${found.map(({ id }) => id).join(", ")}); use additional constraints to reduce matches to a single ${noun}`,
    );
  return first;
}

import { rdsArn } from "../../wire/arn";
import { AwsError } from "../../wire/aws-error";
import type { Cloud } from "../../cloud";
import { SUBNET } from "../../recorded/types/network";
import { defaultVpcId } from "../../recorded/default-network";
import type { Tag } from "../../storage/records";
import type { Collection, Store } from "../../storage/store";

export interface SubnetGroupRecord {
  name: string;
  region: string;
  description: string;
  vpcId: string;
  subnets: { id: string; zone: string }[];
  tags: Tag[];
}

/** All subnet groups. `default`, with the default network's subnets, is built in. */
export class SubnetGroups {
  private readonly records: Collection<SubnetGroupRecord>;

  constructor(store: Store) {
    this.records = store.collection<SubnetGroupRecord>("subnet-groups");
  }

  find(region: string, name: string): SubnetGroupRecord | undefined {
    return this.records.get(key(region, name)) ?? (name.toLowerCase() === "default" ? defaultGroup(region) : undefined);
  }

  /** @throws AwsError DBSubnetGroupNotFoundFault */
  get(region: string, name: string): SubnetGroupRecord {
    const group = this.find(region, name);
    if (!group) throw new AwsError("DBSubnetGroupNotFoundFault", `DBSubnetGroup not found: ${name}`);
    return group;
  }

  list(region: string): SubnetGroupRecord[] {
    return [
      ...this.records.list().filter((group) => group.region === region && group.name !== "default"),
      defaultGroup(region),
    ];
  }

  put(group: SubnetGroupRecord): void {
    this.records.put(key(group.region, group.name), group);
  }

  remove(group: SubnetGroupRecord): void {
    this.records.delete(key(group.region, group.name));
  }
}

/** Looks the subnets up, as RDS does: all must exist, be in one VPC and in at least two zones. */
export function resolveSubnets(
  cloud: Cloud,
  region: string,
  ids: string[],
): Pick<SubnetGroupRecord, "vpcId" | "subnets"> {
  const found = ids.map((id) => {
    const subnet = cloud.recorded.recordSet.find(SUBNET, id, region);
    if (!subnet) throw new AwsError("InvalidSubnet", `the subnet ID '${id}' does not exist`);
    return { id, zone: String(subnet.properties.availabilityZone), vpcId: String(subnet.properties.vpcId) };
  });
  const vpcIds = [...new Set(found.map((subnet) => subnet.vpcId))];
  if (vpcIds.length > 1) throw new AwsError("InvalidSubnet", `the subnets are not in one VPC: ${vpcIds.join(", ")}`);
  const zones = new Set(found.map((subnet) => subnet.zone));
  if (zones.size < 2) {
    throw new AwsError(
      "DBSubnetGroupDoesNotCoverEnoughAZs",
      `the DB subnet group doesn't meet Availability Zone (AZ) coverage requirement. Current AZ coverage: ${[...zones].join(", ") || "none"}. Add subnets to cover at least 2 AZs`,
    );
  }
  return { vpcId: vpcIds[0]!, subnets: found.map(({ id, zone }) => ({ id, zone })) };
}

export function describeSubnetGroup(group: SubnetGroupRecord, accountId: string): object {
  return {
    DBSubnetGroupName: group.name,
    DBSubnetGroupDescription: group.description,
    VpcId: group.vpcId,
    SubnetGroupStatus: "Complete",
    Subnets: group.subnets.map(({ id, zone }) => ({
      SubnetIdentifier: id,
      SubnetAvailabilityZone: { Name: zone },
      SubnetOutpost: {},
      SubnetStatus: "Active",
    })),
    DBSubnetGroupArn: rdsArn(accountId, group.region, "subgrp", group.name),
    SupportedNetworkTypes: ["IPV4"],
  };
}

function defaultGroup(region: string): SubnetGroupRecord {
  const subnets = ["a", "b", "c"].map((zone, index) => ({
    id: `subnet-0a1b2c3d4e5f6000${index + 1}`,
    zone: `${region}${zone}`,
  }));
  return { name: "default", region, description: "default", vpcId: defaultVpcId, subnets, tags: [] };
}

const key = (region: string, name: string): string => `${region}/${name.toLowerCase()}`;

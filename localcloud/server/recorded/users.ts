import type { InstanceRecord } from "../rds/instances/instance-record";
import type { Store } from "../storage/store";
import type { SubnetGroupRecord } from "../rds/subnet-groups/subnet-groups";
import { SECURITY_GROUP, SUBNET } from "./types/network";

/** The databases that use a subnet or a security group, as text: AWS refuses to delete what is in use. */
export function usersOf(store: Store, type: string, id: string): string[] {
  if (type === SECURITY_GROUP) {
    const instances = store.collection<InstanceRecord>("instances").list();
    return instances
      .filter(({ shape }) => shape.VpcSecurityGroupIds.includes(id))
      .map(({ shape }) => `the DB instance ${shape.DBInstanceIdentifier}`);
  }
  if (type === SUBNET) {
    const groups = store.collection<SubnetGroupRecord>("subnet-groups").list();
    return groups
      .filter((group) => group.subnets.some((subnet) => subnet.id === id))
      .map((group) => `the DB subnet group ${group.name}`);
  }
  return [];
}

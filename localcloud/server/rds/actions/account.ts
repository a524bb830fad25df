import { z } from "zod";
import { action, type Action, type Call } from "../../wire/action";
import { limits } from "../../limits";
import { isDefaultGroup } from "../parameter-groups/parameter-groups";
import { replicasOf } from "../replicas/replica-set";

/** The quotas of the account in a Region, by RDS's names: those that this cloud has. */
export const accountActions: Action[] = [
  action({
    name: "DescribeAccountAttributes",
    input: z.strictObject({}),
    run: (_input, call) => ({
      AccountQuotas: quotasOf(call).map(([AccountQuotaName, Used, Max]) => ({ AccountQuotaName, Used, Max })),
    }),
  }),
];

function quotasOf({ cloud, region }: Call): [name: string, used: number, max: number][] {
  const instances = cloud.instances.list(region);
  const subnetGroups = cloud.subnetGroups.list(region);
  // Of quotas for each group or source, RDS counts the largest.
  const largest = (counts: number[]) => Math.max(0, ...counts);
  return [
    ["DBInstances", instances.length, limits.instances],
    [
      "DBParameterGroups",
      cloud.parameterGroups.list(region).filter(({ name }) => !isDefaultGroup(name)).length,
      limits.parameterGroups,
    ],
    ["DBSubnetGroups", subnetGroups.filter(({ name }) => name !== "default").length, limits.subnetGroups],
    ["EventSubscriptions", cloud.eventSubscriptions.list(region).length, limits.eventSubscriptions],
    ["ManualSnapshots", cloud.snapshots.list(region).length, limits.manualSnapshots],
    ["ReadReplicasPerMaster", largest(instances.map((one) => replicasOf(one, cloud).length)), limits.replicasPerSource],
    ["SubnetsPerDBSubnetGroup", largest(subnetGroups.map(({ subnets }) => subnets.length)), limits.subnetsPerGroup],
  ];
}

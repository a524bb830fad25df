import { z } from "zod";
import { action, type Action } from "../../wire/action";
import { AwsError } from "../../wire/aws-error";
import { limits } from "../../limits";
import { filtered, page } from "../../wire/paging";
import { list, paging, tags, text } from "../../wire/query-input";
import { describeSubnetGroup, resolveSubnets, type SubnetGroupRecord } from "../subnet-groups/subnet-groups";
import { byName } from "./instances";

const subnetIds = list(text).refine(
  (ids) => ids.length <= limits.subnetsPerGroup,
  `at most ${limits.subnetsPerGroup} subnets`,
);

export const subnetGroupActions: Action[] = [
  action({
    name: "CreateDBSubnetGroup",
    input: z.strictObject({
      DBSubnetGroupName: text,
      DBSubnetGroupDescription: text,
      SubnetIds: subnetIds,
      Tags: tags.optional(),
    }),
    run(input, { cloud, region }) {
      const name = input.DBSubnetGroupName.toLowerCase();
      if (!/^[a-z0-9._ -]{1,255}$/.test(name) || name === "default")
        throw new AwsError(
          "InvalidParameterValue",
          `the DBSubnetGroupName '${name.slice(0, 300)}' is not valid: it has 1 to 255 letters, digits, periods, underscores, spaces and hyphens and is not 'default'`,
        );
      if (cloud.subnetGroups.find(region, name))
        throw new AwsError("DBSubnetGroupAlreadyExists", `the DB subnet group '${name}' already exists.`);
      if (cloud.subnetGroups.list(region).length > limits.subnetGroups)
        throw new AwsError(
          "DBSubnetGroupQuotaExceeded",
          `the quota of ${limits.subnetGroups} DB subnet groups in this Region is used up`,
        );
      const group: SubnetGroupRecord = {
        name,
        region,
        description: input.DBSubnetGroupDescription,
        ...resolveSubnets(cloud, region, input.SubnetIds),
        tags: input.Tags ?? [],
      };
      cloud.subnetGroups.put(group);
      return { DBSubnetGroup: describeSubnetGroup(group, cloud.accountId) };
    },
  }),
  action({
    name: "DescribeDBSubnetGroups",
    input: z.strictObject({ ...paging, DBSubnetGroupName: text.optional() }),
    run(input, call) {
      const { cloud, region } = call;
      const found =
        input.DBSubnetGroupName === undefined
          ? cloud.subnetGroups.list(region)
          : [byName("subgrp", input.DBSubnetGroupName, call, (name) => cloud.subnetGroups.get(region, name))];
      const { entries, ...rest } = page(filtered(found, input.Filters, {}), input, (group) => group.name);
      return { ...rest, DBSubnetGroups: entries.map((group) => describeSubnetGroup(group, cloud.accountId)) };
    },
  }),
  action({
    name: "ModifyDBSubnetGroup",
    input: z.strictObject({ DBSubnetGroupName: text, DBSubnetGroupDescription: text.optional(), SubnetIds: subnetIds }),
    run(input, { cloud, region }) {
      const group = cloud.subnetGroups.get(region, input.DBSubnetGroupName);
      if (group.name === "default")
        throw new AwsError(
          "InvalidDBSubnetGroupStateFault",
          "the default DB subnet group cannot be modified here: its network is fixed",
        );
      const next = resolveSubnets(cloud, region, input.SubnetIds);
      const users = cloud.instances.list(region).filter((instance) => instance.shape.DBSubnetGroupName === group.name);
      if (users.length > 0 && next.vpcId !== group.vpcId)
        throw new AwsError(
          "InvalidSubnet",
          `the subnets are in ${next.vpcId}, the DB instances of the group in ${group.vpcId}`,
        );
      const left = users.find(
        (instance) => !next.subnets.some((subnet) => subnet.zone === instance.shape.AvailabilityZone),
      );
      if (left)
        throw new AwsError(
          "SubnetAlreadyInUse",
          `the DB instance ${left.shape.DBInstanceIdentifier} is in ${left.shape.AvailabilityZone}, where the group would have no subnet`,
        );
      const changed: SubnetGroupRecord = {
        ...group,
        ...next,
        description: input.DBSubnetGroupDescription ?? group.description,
      };
      cloud.subnetGroups.put(changed);
      return { DBSubnetGroup: describeSubnetGroup(changed, cloud.accountId) };
    },
  }),
  action({
    name: "DeleteDBSubnetGroup",
    input: z.strictObject({ DBSubnetGroupName: text }),
    run(input, { cloud, region }) {
      const group = cloud.subnetGroups.get(region, input.DBSubnetGroupName);
      const users = cloud.instances
        .list(region)
        .filter((instance) => instance.shape.DBSubnetGroupName === group.name)
        .map((instance) => instance.shape.DBInstanceIdentifier);
      if (users.length > 0)
        throw new AwsError(
          "InvalidDBSubnetGroupStateFault",
          `cannot delete the subnet group '${group.name}' because at least one database instance: ${users.join(", ")} is still using it.`,
        );
      if (group.name === "default")
        throw new AwsError("InvalidDBSubnetGroupStateFault", "the default DB subnet group cannot be deleted here");
      cloud.subnetGroups.remove(group);
    },
  }),
];

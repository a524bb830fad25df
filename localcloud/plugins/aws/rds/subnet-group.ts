import {
  CreateDBSubnetGroupCommand,
  DeleteDBSubnetGroupCommand,
  DescribeDBSubnetGroupsCommand,
  ModifyDBSubnetGroupCommand,
} from "@aws-sdk/client-rds";
import type { ResourceType } from "../../adapter/resource";
import type { PropertyValues } from "../../adapter/wire";
import { attempt, undefinedIfNotFound } from "../aws-error";
import type { AwsConfig } from "../configuration";
import { autoname, nameFrom } from "../generated-names";
import { managedByPulumi, named, output, region, required, tagged, text, textSet } from "../property-kinds";
import { liveTags, tagList } from "../tags";
import { changeTags, readTags } from "./rds-tags";

export const subnetGroup: ResourceType<AwsConfig> = {
  autoname: autoname(255, (name) => name.toLowerCase()),
  properties: {
    ...named,
    ...tagged,
    arn: output(text),
    description: managedByPulumi,
    region,
    subnetIds: required(textSet),
    supportedNetworkTypes: output(textSet),
    vpcId: output(text),
  },

  async create(inputs, { config }) {
    const name = nameFrom(inputs);
    const request = {
      DBSubnetGroupName: name,
      DBSubnetGroupDescription: inputs.description,
      SubnetIds: inputs.subnetIds,
      Tags: tagList(inputs.tagsAll),
    };
    const { DBSubnetGroup } = await attempt(`creating RDS DB Subnet Group (${name})`, () =>
      config.rds(inputs.region).send(new CreateDBSubnetGroupCommand(request)),
    );
    const id = DBSubnetGroup?.DBSubnetGroupName ?? name;
    return { id, properties: (await liveGroup(config, inputs.region, id, inputs)) ?? inputs };
  },

  async read(id, known, { config }) {
    const properties = await liveGroup(config, known.region ?? config.region, id, known);
    return properties && { properties };
  },

  async update(id, old, wanted, { config }) {
    const request = {
      DBSubnetGroupName: id,
      DBSubnetGroupDescription: wanted.description,
      SubnetIds: wanted.subnetIds,
    };
    await attempt(`updating RDS DB Subnet Group (${id})`, () =>
      config.rds(old.region).send(new ModifyDBSubnetGroupCommand(request)),
    );
    await changeTags(config, old, wanted);
    return { properties: (await liveGroup(config, old.region, id, wanted)) ?? wanted };
  },

  async delete(id, old, { config }) {
    const rds = config.rds(old.region ?? config.region);
    await attempt(`deleting RDS DB Subnet Group (${id})`, () =>
      undefinedIfNotFound(["DBSubnetGroupNotFound"], () =>
        rds.send(new DeleteDBSubnetGroupCommand({ DBSubnetGroupName: id })),
      ),
    );
  },
};

async function liveGroup(
  config: AwsConfig,
  inRegion: string,
  name: string,
  known: PropertyValues,
): Promise<PropertyValues | undefined> {
  const rds = config.rds(inRegion);
  const found = await undefinedIfNotFound(["DBSubnetGroupNotFound"], () =>
    rds.send(new DescribeDBSubnetGroupsCommand({ DBSubnetGroupName: name })),
  );
  const group = found?.DBSubnetGroups?.[0];
  if (!group) return undefined;
  return {
    arn: group.DBSubnetGroupArn,
    description: group.DBSubnetGroupDescription,
    name: group.DBSubnetGroupName,
    namePrefix: known.namePrefix,
    region: inRegion,
    subnetIds: (group.Subnets ?? []).map((subnet) => subnet.SubnetIdentifier),
    supportedNetworkTypes: group.SupportedNetworkTypes ?? [],
    vpcId: group.VpcId,
    ...liveTags(await readTags(rds, group.DBSubnetGroupArn ?? ""), known, config),
  };
}

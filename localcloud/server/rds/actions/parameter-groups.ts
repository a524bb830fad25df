import { z } from "zod";
import { parameterDefinitions, type ParameterDefinition } from "../../../postgres/parameters";
import { action, type Action } from "../../wire/action";
import { AwsError } from "../../wire/aws-error";
import { familyMajors } from "../instances/engine-versions";
import { checkIdentifier } from "../instances/setting-checks";
import { limits } from "../../limits";
import { filtered, page, type PageRequest } from "../../wire/paging";
import { changeParameters } from "../parameter-groups/change-parameters";
import {
  describeParameterGroup,
  isDefaultGroup,
  majorOfFamily,
  type ParameterGroupRecord,
} from "../parameter-groups/parameter-groups";
import { boolean, list, paging, tags, text, type Filter } from "../../wire/query-input";
import { byName } from "./instances";

const applyMethod = z.enum(["immediate", "pending-reboot"]);
/** Clients send back what Describe returned; only name, value and method matter. */
const parameter = z.object({
  ParameterName: text,
  ParameterValue: text.optional(),
  ApplyMethod: applyMethod.optional(),
});
const groupName = { DBParameterGroupName: text };

export const parameterGroupActions: Action[] = [
  action({
    name: "CreateDBParameterGroup",
    input: z.strictObject({ ...groupName, DBParameterGroupFamily: text, Description: text, Tags: tags.optional() }),
    run(input, { cloud, region }) {
      checkIdentifier("DBParameterGroupName", input.DBParameterGroupName, 255);
      const name = input.DBParameterGroupName.toLowerCase();
      const family = familyNamed(input.DBParameterGroupFamily);
      if (cloud.parameterGroups.find(region, name))
        throw new AwsError("DBParameterGroupAlreadyExists", `parameter group ${name} already exists`);
      if (
        cloud.parameterGroups.list(region).filter((group) => !isDefaultGroup(group.name)).length >=
        limits.parameterGroups
      ) {
        throw new AwsError(
          "DBParameterGroupQuotaExceeded",
          `the quota of ${limits.parameterGroups} parameter groups in this Region is used up`,
        );
      }
      const group: ParameterGroupRecord = {
        name,
        region,
        family,
        description: input.Description,
        parameters: {},
        tags: input.Tags ?? [],
      };
      cloud.parameterGroups.put(group);
      return { DBParameterGroup: describeParameterGroup(group, cloud.accountId) };
    },
  }),
  action({
    name: "DescribeDBParameterGroups",
    input: z.strictObject({ ...paging, DBParameterGroupName: text.optional() }),
    run(input, call) {
      const { cloud, region } = call;
      const found =
        input.DBParameterGroupName === undefined
          ? cloud.parameterGroups.list(region)
          : [byName("pg", input.DBParameterGroupName, call, (name) => cloud.parameterGroups.get(region, name))];
      const { entries, ...rest } = page(filtered(found, input.Filters, {}), input, (group) => group.name);
      return { ...rest, DBParameterGroups: entries.map((group) => describeParameterGroup(group, cloud.accountId)) };
    },
  }),
  action({
    name: "ModifyDBParameterGroup",
    input: z.strictObject({ ...groupName, Parameters: list(parameter) }),
    async run(input, call) {
      const group = call.cloud.parameterGroups.get(call.region, input.DBParameterGroupName);
      const changes = input.Parameters.map(({ ParameterName: name, ParameterValue: value, ApplyMethod: method }) => {
        if (value === undefined)
          throw new AwsError("MissingParameter", `the parameter ParameterValue must be provided for ${name}`);
        if (method === undefined)
          throw new AwsError(
            "MissingParameter",
            `the parameter ApplyMethod must be provided for ${name}: immediate or pending-reboot`,
          );
        return { name, value, applyMethod: method };
      });
      if (changes.length === 0)
        throw new AwsError("MissingParameter", "the request must contain the parameter Parameters");
      await changeParameters(group, changes, call);
      return { DBParameterGroupName: group.name };
    },
  }),
  action({
    name: "ResetDBParameterGroup",
    input: z.strictObject({
      ...groupName,
      ResetAllParameters: boolean.default(false),
      Parameters: list(parameter).optional(),
    }),
    async run(input, call) {
      const group = call.cloud.parameterGroups.get(call.region, input.DBParameterGroupName);
      if (input.ResetAllParameters && input.Parameters)
        throw new AwsError("InvalidParameterCombination", "ResetAllParameters and Parameters cannot both be given");
      if (!input.ResetAllParameters && !input.Parameters)
        throw new AwsError("InvalidParameterCombination", "either ResetAllParameters or Parameters must be given");
      for (const changes of batches(await resetChanges(group, input.Parameters)))
        await changeParameters(group, changes, call);
      return { DBParameterGroupName: group.name };
    },
  }),
  action({
    name: "DeleteDBParameterGroup",
    input: z.strictObject(groupName),
    run(input, { cloud, region }) {
      const group = cloud.parameterGroups.get(region, input.DBParameterGroupName);
      if (isDefaultGroup(group.name))
        throw new AwsError("InvalidDBParameterGroupState", `default DBParameterGroup cannot be deleted: ${group.name}`);
      const users = cloud.instances.list(region).filter((instance) => instance.parameterGroup.name === group.name);
      if (users.length > 0)
        throw new AwsError(
          "InvalidDBParameterGroupState",
          `one or more database instances are still members of this parameter group ${group.name}, so the group cannot be deleted: ${users.map((instance) => instance.shape.DBInstanceIdentifier).join(", ")}`,
        );
      cloud.parameterGroups.remove(group);
    },
  }),
  action({
    name: "DescribeDBParameters",
    input: z.strictObject({ ...paging, ...groupName, Source: text.optional() }),
    async run(input, call) {
      const group = byName("pg", input.DBParameterGroupName, call, (name) =>
        call.cloud.parameterGroups.get(call.region, name),
      );
      return describeParameters(await definitionsOf(group.family), group, input, input.Source);
    },
  }),
  action({
    name: "DescribeEngineDefaultParameters",
    input: z.strictObject({ ...paging, DBParameterGroupFamily: text }),
    async run(input) {
      const family = familyNamed(input.DBParameterGroupFamily);
      return {
        EngineDefaults: {
          DBParameterGroupFamily: family,
          ...describeParameters(await definitionsOf(family), undefined, input, undefined),
        },
      };
    },
  }),
];

function familyNamed(family: string): string {
  if (majorOfFamily(family) !== undefined) return family;
  throw new AwsError(
    "InvalidParameterValue",
    `ParameterGroupFamily ${family} is not a valid parameter group family; available are ${familyMajors()
      .map((major) => `postgres${major}`)
      .join(", ")}`,
  );
}

function definitionsOf(family: string): Promise<ParameterDefinition[]> {
  return parameterDefinitions(majorOfFamily(familyNamed(family))!);
}

function describeParameters(
  definitions: ParameterDefinition[],
  group: ParameterGroupRecord | undefined,
  request: PageRequest & { Filters?: Filter[] | undefined },
  source: string | undefined,
): object {
  const sources = ["user", "system", "engine-default"];
  if (source !== undefined && !sources.includes(source))
    throw new AwsError("InvalidParameterValue", `invalid Source: ${source}; valid values are ${sources.join(", ")}`);
  const rows = definitions
    .map((definition) => describeParameter(definition, group))
    .filter((row) => source === undefined || row.Source === source);
  const kept = filtered(rows, request.Filters, { "parameter-name": (row) => [row.ParameterName] });
  const { entries, ...rest } = page(kept, request, (row) => row.ParameterName);
  return { ...rest, Parameters: entries };
}

interface DescribedParameter {
  ParameterName: string;
  Source: string;
}

function describeParameter(
  definition: ParameterDefinition,
  group: ParameterGroupRecord | undefined,
): DescribedParameter {
  const set = group?.parameters[definition.name];
  const described = {
    ParameterName: definition.name,
    ParameterValue: set?.value ?? definition.defaultValue,
    Description: definition.unit ? `(${definition.unit}) ${definition.description}` : definition.description,
    Source: set ? "user" : definition.source,
    ApplyType: definition.applyType,
    DataType: definition.dataType,
    AllowedValues: definition.allowedValues,
    IsModifiable: definition.isModifiable,
    ApplyMethod: set?.applyMethod ?? "pending-reboot",
  };
  return described;
}

type Reset = { name: string; applyMethod: "immediate" | "pending-reboot" };

/** A reset of all parameters uses each one's own apply method; named ones use the call's. */
async function resetChanges(
  group: ParameterGroupRecord,
  named: { ParameterName: string; ApplyMethod?: "immediate" | "pending-reboot" | undefined }[] | undefined,
): Promise<Reset[]> {
  if (named)
    return named.map(({ ParameterName: name, ApplyMethod: method }) => ({
      name,
      applyMethod: method ?? "pending-reboot",
    }));
  const definitions = await definitionsOf(group.family);
  return Object.keys(group.parameters).map((name) => ({
    name,
    applyMethod:
      definitions.find((definition) => definition.name === name)?.applyType === "dynamic"
        ? "immediate"
        : "pending-reboot",
  }));
}

const batchSize = 20;

function batches(changes: Reset[]): Reset[][] {
  return Array.from({ length: Math.ceil(changes.length / batchSize) }, (_value, index) =>
    changes.slice(index * batchSize, (index + 1) * batchSize),
  );
}

import {
  CreateDBParameterGroupCommand,
  DeleteDBParameterGroupCommand,
  DescribeDBParameterGroupsCommand,
  ModifyDBParameterGroupCommand,
  paginateDescribeDBParameters,
  ResetDBParameterGroupCommand,
  type Parameter,
  type RDSClient,
} from "@aws-sdk/client-rds";
import type { Property, ResourceType } from "../../adapter/resource";
import type { PropertyValues } from "../../adapter/wire";
import { attempt, isError, undefinedIfNotFound } from "../aws-error";
import type { AwsConfig } from "../configuration";
import { autoname, nameFrom } from "../generated-names";
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
} from "../property-kinds";
import { liveTags, tagList } from "../tags";
import { waitFor } from "../waiting";
import { changeTags, readTags } from "./rds-tags";

/** RDS takes no more per call. */
const PARAMETERS_PER_CALL_MAX = 20;
/** A group is in use for a moment after its last instance is gone. */
const DELETE_TIMEOUT_SECONDS = 3 * 60;

/**
 * A changed apply method alone is not a difference: RDS does not store it (the official provider leaves it out of the
 * comparison, too).
 */
const applyMethod: Property = { ...computed(text), equal: () => true };
const parameterProperties = { name: required(text), value: required(text), applyMethod };

export const parameterGroup: ResourceType<AwsConfig> = {
  autoname: autoname(255, (name) => name.toLowerCase()),
  properties: {
    ...named,
    ...tagged,
    arn: output(text),
    description: createOnly(managedByPulumi),
    family: createOnly(required(text)),
    parameters: objectSet(parameterProperties),
    region,
    skipDestroy: flag,
  },

  async create(inputs, { config }) {
    const rds = config.rds(inputs.region);
    const name = nameFrom(inputs);
    const request = {
      DBParameterGroupName: name,
      DBParameterGroupFamily: inputs.family,
      Description: inputs.description,
      Tags: tagList(inputs.tagsAll),
    };
    await attempt(`creating RDS DB Parameter Group (${name})`, () =>
      rds.send(new CreateDBParameterGroupCommand(request)),
    );
    try {
      await modifyParameters(rds, name, inputs.parameters ?? []);
    } catch (error) {
      // Nothing can use it yet, so deleting it loses nothing and frees the name for the corrected program.
      await rds.send(new DeleteDBParameterGroupCommand({ DBParameterGroupName: name })).catch(() => undefined);
      throw error;
    }
    return { id: name, properties: (await liveGroup(config, inputs.region, name, inputs)) ?? inputs };
  },

  async read(id, known, { config }) {
    const properties = await liveGroup(config, known.region ?? config.region, id, known);
    return properties && { properties };
  },

  async update(id, old, wanted, { config }) {
    const rds = config.rds(old.region);
    const before: PropertyValues[] = old.parameters ?? [];
    const after: PropertyValues[] = wanted.parameters ?? [];
    await modifyParameters(
      rds,
      id,
      after.filter((parameter) => !before.some((other) => isSame(parameter, other))),
    );
    await resetParameters(
      rds,
      id,
      before.filter((parameter) => !after.some((other) => sameName(parameter, other))),
    );
    await changeTags(config, old, wanted);
    return { properties: (await liveGroup(config, old.region, id, wanted)) ?? wanted };
  },

  async delete(id, old, context) {
    if (old.skipDestroy) return;
    const rds = context.config.rds(old.region ?? context.config.region);
    const timeout = {
      what: `RDS DB Parameter Group ${id} to be unused`,
      timeoutSeconds: context.timeoutSeconds ?? DELETE_TIMEOUT_SECONDS,
      signal: context.signal,
    };
    let inUse: unknown;
    await attempt(`deleting RDS DB Parameter Group (${id})`, () =>
      waitFor(timeout, async () => {
        try {
          await undefinedIfNotFound(["DBParameterGroupNotFound"], () =>
            rds.send(new DeleteDBParameterGroupCommand({ DBParameterGroupName: id })),
          );
          return true;
        } catch (error) {
          if (!isError(error, "InvalidDBParameterGroupState")) throw error;
          inUse = error;
          return undefined;
        }
      }).catch((error) => Promise.reject(inUse ?? error)),
    );
  },
};

const sameName = (a: PropertyValues, b: PropertyValues): boolean => a.name.toLowerCase() === b.name.toLowerCase();
const isSame = (a: PropertyValues, b: PropertyValues): boolean => sameName(a, b) && a.value === b.value;

/**
 * Those that need a reboot are sent in separate calls, as RDS refuses a call that mixes an immediate static parameter
 * with others.
 */
async function modifyParameters(rds: RDSClient, name: string, parameters: PropertyValues[]): Promise<void> {
  const requests = parameters.map((parameter): Parameter => ({
    ParameterName: parameter.name,
    ParameterValue: parameter.value,
    ApplyMethod: parameter.applyMethod ?? "immediate",
  }));
  const immediate = requests.filter((parameter) => parameter.ApplyMethod !== "pending-reboot");
  const pending = requests.filter((parameter) => parameter.ApplyMethod === "pending-reboot");
  for (const Parameters of [...chunks(immediate), ...chunks(pending)]) {
    await attempt(`modifying RDS DB Parameter Group (${name})`, () =>
      rds.send(new ModifyDBParameterGroupCommand({ DBParameterGroupName: name, Parameters })),
    );
  }
}

async function resetParameters(rds: RDSClient, name: string, parameters: PropertyValues[]): Promise<void> {
  const requests = parameters.map((parameter): Parameter => ({
    ParameterName: parameter.name,
    ApplyMethod: parameter.applyMethod ?? "immediate",
  }));
  for (const Parameters of chunks(requests)) {
    await attempt(`resetting RDS DB Parameter Group (${name})`, () =>
      rds.send(new ResetDBParameterGroupCommand({ DBParameterGroupName: name, Parameters, ResetAllParameters: false })),
    );
  }
}

function chunks(parameters: Parameter[]): Parameter[][] {
  const count = Math.ceil(parameters.length / PARAMETERS_PER_CALL_MAX);
  return Array.from({ length: count }, (_, index) =>
    parameters.slice(index * PARAMETERS_PER_CALL_MAX, (index + 1) * PARAMETERS_PER_CALL_MAX),
  );
}

async function liveGroup(
  config: AwsConfig,
  inRegion: string,
  name: string,
  known: PropertyValues,
): Promise<PropertyValues | undefined> {
  const rds = config.rds(inRegion);
  const found = await undefinedIfNotFound(["DBParameterGroupNotFound"], () =>
    rds.send(new DescribeDBParameterGroupsCommand({ DBParameterGroupName: name })),
  );
  const group = found?.DBParameterGroups?.[0];
  if (!group) return undefined;
  const tags = await readTags(rds, group.DBParameterGroupArn ?? "");
  return {
    arn: group.DBParameterGroupArn,
    description: group.Description,
    family: group.DBParameterGroupFamily,
    name: group.DBParameterGroupName,
    namePrefix: known.namePrefix,
    parameters: await liveParameters(rds, name, known.parameters ?? []),
    region: inRegion,
    skipDestroy: known.skipDestroy,
    ...liveTags(tags, known, config),
  };
}

/**
 * The parameters that were set; and of the rest those the program names, so that a value equal to the default does not
 * seem missing.
 */
async function liveParameters(rds: RDSClient, name: string, known: PropertyValues[]): Promise<PropertyValues[]> {
  const request = { DBParameterGroupName: name, ...(known.length === 0 ? { Source: "user" } : {}) };
  const live: PropertyValues[] = [];
  for await (const page of paginateDescribeDBParameters({ client: rds, pageSize: 100 }, request)) {
    for (const { ParameterName = "", ParameterValue, ApplyMethod, Source } of page.Parameters ?? []) {
      const declared = known.find((parameter) => parameter.name.toLowerCase() === ParameterName.toLowerCase());
      if (ParameterValue === undefined || (Source !== "user" && !declared)) continue;
      live.push({
        name: ParameterName.toLowerCase(),
        value: ParameterValue,
        applyMethod: ApplyMethod ?? declared?.applyMethod,
      });
    }
  }
  return live;
}

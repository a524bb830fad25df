import {
  AddSourceIdentifierToSubscriptionCommand,
  CreateEventSubscriptionCommand,
  DeleteEventSubscriptionCommand,
  DescribeEventSubscriptionsCommand,
  ModifyEventSubscriptionCommand,
  RemoveSourceIdentifierFromSubscriptionCommand,
  type EventSubscription,
} from "@aws-sdk/client-rds";
import type { Context, ResourceType } from "../../adapter/resource";
import type { PropertyValues } from "../../adapter/wire";
import { attempt, undefinedIfNotFound } from "../aws-error";
import type { AwsConfig } from "../configuration";
import { autoname, nameFrom } from "../generated-names";
import { flag, named, oneOf, output, region, required, tagged, text, textSet, withDefault } from "../property-kinds";
import { liveTags, tagList } from "../tags";
import { waitFor } from "../waiting";
import { changeTags, readTags } from "./rds-tags";

/** Upstream's bound for each step of a subscription. */
const TIMEOUT_SECONDS = 40 * 60;

const sourceTypes = [
  "db-instance",
  "db-parameter-group",
  "db-security-group",
  "db-snapshot",
  "db-cluster",
  "db-cluster-snapshot",
  "custom-engine-version",
  "db-proxy",
  "blue-green-deployment",
  "db-shard-group",
  "zero-etl",
];

export const eventSubscription: ResourceType<AwsConfig> = {
  autoname: autoname(255),
  properties: {
    ...named,
    ...tagged,
    arn: output(text),
    customerAwsId: output(text),
    enabled: withDefault(flag, true),
    eventCategories: textSet,
    region,
    snsTopic: required(text),
    sourceIds: textSet,
    sourceType: oneOf(text, ...sourceTypes),
  },

  async create(inputs, context) {
    const name = nameFrom(inputs);
    const rds = context.config.rds(inputs.region);
    const request = {
      SubscriptionName: name,
      SnsTopicArn: inputs.snsTopic,
      Enabled: inputs.enabled ?? false,
      ...(inputs.sourceType ? { SourceType: inputs.sourceType } : {}),
      ...(inputs.eventCategories?.length ? { EventCategories: inputs.eventCategories } : {}),
      ...(inputs.sourceIds?.length ? { SourceIds: inputs.sourceIds } : {}),
      Tags: tagList(inputs.tagsAll),
    };
    await attempt(`creating RDS Event Subscription (${name})`, () =>
      rds.send(new CreateEventSubscriptionCommand(request)),
    );
    return { id: name, properties: await waitActive(context, inputs.region, name, inputs) };
  },

  async read(id, known, { config }) {
    const inRegion = known.region ?? config.region;
    const found = await findSubscription(config, inRegion, id);
    return found && { properties: await liveSubscription(config, inRegion, found, known) };
  },

  async update(id, old, wanted, context) {
    const { config } = context;
    const rds = config.rds(old.region);
    const request = {
      SubscriptionName: id,
      SnsTopicArn: wanted.snsTopic,
      Enabled: wanted.enabled ?? false,
      EventCategories: wanted.eventCategories ?? [],
      SourceType: wanted.sourceType ?? "",
    };
    await attempt(`updating RDS Event Subscription (${id})`, () =>
      rds.send(new ModifyEventSubscriptionCommand(request)),
    );
    await changeSources(config, id, old, wanted);
    await changeTags(config, old, wanted);
    return { properties: await waitActive(context, old.region, id, wanted) };
  },

  async delete(id, old, context) {
    const inRegion = old.region ?? context.config.region;
    const rds = context.config.rds(inRegion);
    const deleted = await attempt(`deleting RDS Event Subscription (${id})`, () =>
      undefinedIfNotFound(["SubscriptionNotFound"], () =>
        rds.send(new DeleteEventSubscriptionCommand({ SubscriptionName: id })),
      ),
    );
    if (deleted)
      await waitFor({ ...timeout(context), what: `RDS Event Subscription ${id} to be deleted` }, async () =>
        (await findSubscription(context.config, inRegion, id)) ? undefined : true,
      );
  },
};

async function changeSources(
  config: AwsConfig,
  id: string,
  old: PropertyValues,
  wanted: PropertyValues,
): Promise<void> {
  const [before, after]: [string[], string[]] = [old.sourceIds ?? [], wanted.sourceIds ?? []];
  const rds = config.rds(old.region);
  for (const SourceIdentifier of before.filter((source) => !after.includes(source))) {
    await rds.send(new RemoveSourceIdentifierFromSubscriptionCommand({ SubscriptionName: id, SourceIdentifier }));
  }
  for (const SourceIdentifier of after.filter((source) => !before.includes(source))) {
    await rds.send(new AddSourceIdentifierToSubscriptionCommand({ SubscriptionName: id, SourceIdentifier }));
  }
}

const timeout = (context: Context<AwsConfig>) => ({
  timeoutSeconds: context.timeoutSeconds ?? TIMEOUT_SECONDS,
  signal: context.signal,
});

async function waitActive(
  context: Context<AwsConfig>,
  inRegion: string,
  id: string,
  known: PropertyValues,
): Promise<PropertyValues> {
  const active = await waitFor(
    { ...timeout(context), what: `RDS Event Subscription ${id} to become active` },
    async () => {
      const live = await findSubscription(context.config, inRegion, id);
      if (live && !["creating", "modifying", "active"].includes(live.Status ?? ""))
        throw new Error(`RDS Event Subscription (${id}): unexpected state '${live.Status}', wanted target 'active'`);
      return live?.Status === "active" ? live : undefined;
    },
  );
  return liveSubscription(context.config, inRegion, active, known);
}

async function findSubscription(
  config: AwsConfig,
  inRegion: string,
  id: string,
): Promise<EventSubscription | undefined> {
  const found = await undefinedIfNotFound(["SubscriptionNotFound"], () =>
    config.rds(inRegion).send(new DescribeEventSubscriptionsCommand({ SubscriptionName: id })),
  );
  return found?.EventSubscriptionsList?.[0];
}

async function liveSubscription(
  config: AwsConfig,
  inRegion: string,
  live: EventSubscription,
  known: PropertyValues,
): Promise<PropertyValues> {
  return {
    arn: live.EventSubscriptionArn,
    customerAwsId: live.CustomerAwsId,
    enabled: live.Enabled,
    eventCategories: live.EventCategoriesList ?? [],
    name: live.CustSubscriptionId,
    namePrefix: known.namePrefix,
    region: inRegion,
    snsTopic: live.SnsTopicArn,
    sourceIds: live.SourceIdsList ?? [],
    sourceType: live.SourceType,
    ...liveTags(await readTags(config.rds(inRegion), live.EventSubscriptionArn ?? ""), known, config),
  };
}

import type { Autoname, CheckFailure, Context, Properties, ResourceType } from "../../adapter/resource";
import type { PropertyValues } from "../../adapter/wire";
import { attempt } from "../aws-error";
import type { AwsConfig } from "../configuration";
import { uniqueName } from "../generated-names";
import { liveTags } from "../tags";
import { createRecord, deleteRecord, readRecord, replaceRecord, type Recorded, type RecordName } from "./records";

/** One row: the schema is defined here, the form of ids and ARNs by the cloud. */
export interface RecordedRow {
  /** The official provider's name for it in messages, e.g. `KMS Key`. */
  noun: string;
  properties: Properties;
  autoname?: Autoname;
  check?(inputs: PropertyValues): CheckFailure[];
  /** What to look a resource up by when it is imported, if not its id. */
  importId?(id: string): string;
}

export function recorded(row: RecordedRow): ResourceType<AwsConfig> {
  const { noun, properties, autoname, check, importId } = row;
  return {
    properties,
    ...(autoname ? { autoname } : {}),
    ...(check ? { check } : {}),

    async create(inputs, context) {
      const given =
        "namePrefix" in properties && inputs.namePrefix
          ? { ...inputs, name: inputs.name ?? uniqueName(inputs.namePrefix) }
          : inputs;
      const name = logicalName(context);
      const request = {
        type: context.token,
        name,
        region: regionOf(row, given, context.config),
        properties: toRecord(properties, given),
      };
      const created = await attempt(`creating ${noun} (${given.name ?? name})`, () =>
        createRecord(context.config, request, context.signal),
      );
      return { id: created.id, properties: fromRecord(row, created, given, context.config) };
    },

    async read(id, known, context) {
      const lookedUp = context.importing ? (importId?.(id) ?? id) : id;
      const live = await attempt(`reading ${noun} (${id})`, () =>
        readRecord(context.config, nameOf(row, lookedUp, known, context), context.signal),
      );
      return live && { id: live.id, properties: fromRecord(row, live, known, context.config) };
    },

    async update(id, old, wanted, context) {
      const changed = toRecord(properties, { ...wanted, tagsAll: { ...context.config.defaultTags, ...wanted.tags } });
      const live = await attempt(`updating ${noun} (${id})`, () =>
        replaceRecord(context.config, nameOf(row, id, old, context), changed, context.signal),
      );
      return { properties: fromRecord(row, live, wanted, context.config) };
    },

    async delete(id, old, context) {
      if (old.skipDestroy) return;
      await attempt(`deleting ${noun} (${id})`, () =>
        deleteRecord(context.config, nameOf(row, id, old, context), context.signal),
      );
    },
  };
}

/**
 * The cloud stores all tags under `tags`, so that one changed outside counts for both `tags` and `tagsAll`. It sets
 * output-only properties itself.
 */
function toRecord(properties: Properties, inputs: PropertyValues): PropertyValues {
  const kept = Object.entries(inputs).filter(
    ([name, value]) =>
      properties[name] &&
      !properties[name].outputOnly &&
      name !== "tagsAll" &&
      name !== "region" &&
      value !== null &&
      value !== undefined,
  );
  return {
    ...Object.fromEntries(kept),
    ...("tags" in properties ? { tags: inputs.tagsAll ?? inputs.tags ?? {} } : {}),
  };
}

function fromRecord(row: RecordedRow, live: Recorded, known: PropertyValues, config: AwsConfig): PropertyValues {
  const { properties } = row;
  return {
    ...live.properties,
    ...("region" in properties ? { region: regionOf(row, known, config) } : {}),
    ...("tags" in properties ? liveTags(live.properties.tags ?? {}, known, config) : {}),
  };
}

const regionOf = (row: RecordedRow, inputs: PropertyValues, config: AwsConfig): string | undefined =>
  "region" in row.properties ? (inputs.region ?? config.region) : undefined;

const nameOf = (row: RecordedRow, id: string, known: PropertyValues, context: Context<AwsConfig>): RecordName => ({
  type: context.token,
  id,
  region: regionOf(row, known, context.config),
});

const logicalName = (context: Context<AwsConfig>): string => context.urn.split("::").pop() ?? context.token;

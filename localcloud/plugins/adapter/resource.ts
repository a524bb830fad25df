import type { PropertyValues, Value } from "./wire";

/**
 * A provider of the embedded cloud is a table of resource types, each a row of properties and five verbs. The rules
 * that are the same for every type (check, diff, inputs from live state) read these rows; see `check.ts`, `diff.ts`,
 * `state.ts`.
 */
export interface ProviderDefinition<Config> {
  /** Package name, e.g. `postgresql`; the executable is `pulumi-resource-<name>`. */
  name: string;
  /** The version the SDK requires. */
  version: string;
  /**
   * Provider settings; one that is not named here is refused at CheckConfig. Nested settings (`defaultTags`) are
   * properties of type `object`.
   */
  settings: Properties;
  /** Further problems with the settings, found before anything runs. Unknown values are absent from `settings`. */
  checkSettings?(settings: PropertyValues): CheckFailure[];
  /**
   * Called once, before any resource call; what it returns is `context.config`. Do not connect here: a preview must
   * work without one.
   */
  configure(settings: PropertyValues): Promise<Config>;
  /**
   * Types by Pulumi token, e.g. `aws:rds/instance:Instance`. An unknown type fails at check, and the failure lists
   * these.
   */
  resources: Record<string, ResourceType<Config>>;
  /**
   * Functions by Pulumi token, e.g. `aws:index/getRegion:getRegion`. Secrets arrive as plain values; the engine marks
   * the result.
   */
  invokes?: Record<string, (args: PropertyValues, context: InvokeContext<Config>) => Promise<PropertyValues>>;
  /**
   * Changes the checked inputs of every type: `aws` fills `tagsAll` from `tags` and its `defaultTags` here, as the real
   * provider does. Pure; when a value is unknown (`isUnknown` in `wire.ts`), leave the whole property unknown
   * (`UNKNOWN`).
   */
  prepareInputs?(
    inputs: PropertyValues,
    of: { token: string; type: ResourceType<Config>; config: Config },
  ): PropertyValues;
}

export type Properties = Record<string, Property>;

/** One property of a resource, of a nested object or of the provider's settings. */
export interface Property {
  type: "string" | "int" | "number" | "bool" | "list" | "set" | "map" | "object";
  /** The element type of a list, set or map. @default { type: "string" } */
  element?: Property;
  /** The properties of an `object`. An upstream block of at most one is an `object` here, as in the SDK. */
  properties?: Properties;
  /** Required. */
  required?: boolean;
  /**
   * The service sets it when the program omits it (upstream: Computed). Omitting it means "whatever it is": never a
   * difference.
   */
  computed?: boolean;
  /**
   * Only the service sets it: a program that sets it is refused (upstream: Computed without Optional), e.g. `arn`.
   * Implies `computed`.
   */
  outputOnly?: boolean;
  /** A change requires a replacement (upstream: ForceNew). On an object, list or set it covers everything inside. */
  createOnly?: boolean;
  /** Encrypted in state, always. */
  secret?: boolean;
  /** The default in upstream's schema. Zero values ("", 0, false, []) equal absent ones and need not be listed. */
  default?: unknown;
  /** Not stored upstream: its absence from state is not a difference (`passwordWo`). */
  writeOnly?: boolean;
  /** A JSON document in a string (policies): compared after parsing, so spaces and the order of keys do not matter. */
  json?: boolean;
  oneOf?: readonly (string | number)[];
  /** Bounds of a number. */
  min?: number;
  max?: number;
  /**
   * Upstream's DiffSuppressFunc: true where the two mean the same (engine version 17 and 17.10). Called with two known,
   * differing values. `siblings` are the other properties in the program (storage that autoscaling has grown is not a
   * difference).
   */
  equal?(old: Value, wanted: Value, siblings: PropertyValues): boolean;
}

export interface ResourceType<Config> {
  properties: Properties;
  /** The name generated when the program gives none: `<logical name>-<7 hex>`. */
  autoname?: Autoname;
  /**
   * Delete first on every replacement. A type with an explicit name does so anyway, as two with the same name cannot
   * exist.
   */
  deleteBeforeReplace?: boolean;
  /** Problems beyond those the rows describe. Values may be unknown: skip those (`isUnknown`). */
  check?(inputs: PropertyValues): CheckFailure[];
  /**
   * Creates it and returns its live state. Nested `__defaults` are already gone from `inputs`, and defaults are filled
   * in. Throwing leaves nothing in state; throw `PartialFailure` when the resource exists anyway.
   */
  create(inputs: PropertyValues, context: Context<Config>): Promise<Live & { id: string }>;
  /** `known` are the outputs in state, `{}` when importing. Returns `undefined` when it is gone. */
  read(id: string, known: PropertyValues, context: Context<Config>): Promise<Live | undefined>;
  /**
   * `wanted` has every property: defaults filled in, computed ones that the program omits at their old value. Without
   * this verb every change is refused; types with only create-only properties may omit it.
   */
  update?(id: string, old: PropertyValues, wanted: PropertyValues, context: Context<Config>): Promise<Live>;
  /**
   * Called when an earlier operation on it failed and nothing differs now, where the bridge does nothing. Return
   * `undefined` to do the same; a resource that is slow to start can be awaited here, so that its dependents get its
   * address.
   */
  resume?(id: string, old: PropertyValues, context: Context<Config>): Promise<Live | undefined>;
  /** Deleting what is already gone succeeds, unless it is known to fail upstream. `old` are the outputs in state. */
  delete(id: string, old: PropertyValues, context: Context<Config>): Promise<void>;
}

/**
 * The live properties. `id` is needed where it differs from the one in state (a renamed role). Omitted or undefined
 * properties become null.
 */
export interface Live {
  id?: string;
  properties: PropertyValues;
}

export interface Autoname {
  property: string;
  maxLength: number;
  /** e.g. lower case, for identifiers. Applied to the logical name before the suffix. */
  transform?(name: string): string;
  /** No name is generated when one of these is given (`namePrefix`). */
  unless?: string[];
}

export interface CheckFailure {
  property: string;
  reason: string;
}

export interface InvokeContext<Config> {
  config: Config;
  /** Aborted when the engine cancels (Ctrl-C) or dies: every wait must then end. */
  signal: AbortSignal;
}

export interface Context<Config> extends InvokeContext<Config> {
  urn: string;
  token: string;
  /** `read` was called with nothing but an id. */
  importing: boolean;
  /** The program's `customTimeouts` for this operation, in seconds; absent when it has none. */
  timeoutSeconds?: number;
  /** A line for the user. `progress` is shown in the live display only and not kept. */
  log(severity: "progress" | "info" | "warning", message: string): void;
}

/**
 * The resource exists but is not as wanted: the engine keeps it in state, with this id and these properties, and
 * reports the reasons.
 */
export class PartialFailure extends Error {
  constructor(
    readonly id: string,
    readonly properties: PropertyValues,
    readonly reasons: string[],
  ) {
    super(reasons.join("; "));
  }
}

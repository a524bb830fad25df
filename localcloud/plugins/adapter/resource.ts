import type { PropertyValues, Value } from "./wire";

/**
 * What a provider of the embedded cloud is made of: a table of resource types, each a row of properties and five verbs.
 * The rules that are the same for every type (check, diff, inputs from live state) read these rows; see `check.ts`,
 * `diff.ts`, `live-inputs.ts`.
 */
export interface ProviderDefinition<Config> {
  /** Package name, e.g. `postgresql`; the executable is `pulumi-resource-<name>`. */
  name: string;
  /** The version the SDK asks for. */
  version: string;
  /**
   * Provider settings; one that is not named here is refused at CheckConfig. Nested settings (`defaultTags`) are
   * properties of type `object`.
   */
  settings: Properties;
  /** Further problems of the settings, seen before anything runs. Unknown values are absent from `settings`. */
  checkSettings?(settings: PropertyValues): CheckFailure[];
  /**
   * Called once, before any resource call; what it returns is `context.config`. Make no connection here: a preview must
   * work without one.
   */
  configure(settings: PropertyValues): Promise<Config>;
  /**
   * By Pulumi token, e.g. `aws:rds/instance:Instance`. A type that is not here fails at check, and the failure lists
   * these.
   */
  resources: Record<string, ResourceType<Config>>;
  /**
   * By Pulumi token, e.g. `aws:index/getRegion:getRegion`. Secrets arrive as plain values; the engine marks the result.
   */
  invokes?: Record<string, (args: PropertyValues, context: InvokeContext<Config>) => Promise<PropertyValues>>;
  /**
   * Changes the checked inputs of every type: `aws` fills `tagsAll` from `tags` and its `defaultTags` here, as the real
   * provider does. Pure; values may be unknown (`isUnknown` in `wire.ts`), then leave the whole property unknown
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
  /** What a list, set or map holds. @default { type: "string" } */
  element?: Property;
  /** What an `object` holds. An object that upstream is a block of at most one is an `object` here, as in the SDK. */
  properties?: Properties;
  /** Must be given. */
  required?: boolean;
  /**
   * The service fills it when the program leaves it out (upstream: Computed). Left out then means "whatever it is":
   * never a difference.
   */
  computed?: boolean;
  /**
   * Only the service sets it: a program that gives it is refused (upstream: Computed without Optional), e.g. `arn`.
   * Implies `computed`.
   */
  outputOnly?: boolean;
  /** A change means a replacement (upstream: ForceNew). On an object, list or set it covers everything inside. */
  createOnly?: boolean;
  /** Encrypted in state, always. */
  secret?: boolean;
  /** What upstream's schema fills in. Zero values ("", 0, false, []) are equal to absent and need not be named. */
  default?: unknown;
  /** Kept nowhere upstream: absent from state, it is no difference (`passwordWo`). */
  writeOnly?: boolean;
  /**
   * A JSON document in a string (policies): compared after parsing, so spaces and the order of keys are no difference.
   */
  json?: boolean;
  oneOf?: readonly (string | number)[];
  /** Bounds of a number. */
  min?: number;
  max?: number;
  /**
   * Upstream's DiffSuppressFunc: true where the two mean the same (engine version 17 and 17.10). Called with two known,
   * differing values. `wantedBeside` are the properties that stand beside this one in the program (storage that
   * autoscaling has grown is no difference).
   */
  equal?(old: Value, wanted: Value, wantedBeside: PropertyValues): boolean;
}

export interface ResourceType<Config> {
  properties: Properties;
  /** The name made up when the program gives none: `<logical name>-<7 hex>`. */
  autoname?: Autoname;
  /**
   * Delete first on every replacement. A type with an explicit name does so anyway, as two of one name cannot exist.
   */
  deleteBeforeReplace?: boolean;
  /** Problems beyond what the rows say. Values may be unknown: skip those (`isUnknown`). */
  check?(inputs: PropertyValues): CheckFailure[];
  /**
   * Makes it and says what came out. Nested `__defaults` are already gone from `inputs`, and defaults are filled in.
   * Throwing leaves nothing in state; throw `PartialFailure` when the thing exists anyway.
   */
  create(inputs: PropertyValues, context: Context<Config>): Promise<Live & { id: string }>;
  /** `known` are the outputs in state, `{}` when importing. `undefined` = it is gone. */
  read(id: string, known: PropertyValues, context: Context<Config>): Promise<Live | undefined>;
  /**
   * `wanted` has every property: defaults filled in, computed ones left out by the program at their old value.
   * Without it every change is refused; types whose every property is create-only may leave it out.
   */
  update?(id: string, old: PropertyValues, wanted: PropertyValues, context: Context<Config>): Promise<Live>;
  /**
   * Called when an operation on it failed before and nothing differs now, where the bridge does nothing. `undefined`
   * leaves it at that; what takes its time to come up can be waited for here, so that those who need its address get
   * it.
   */
  resume?(id: string, old: PropertyValues, context: Context<Config>): Promise<Live | undefined>;
  /** Deleting what is already gone succeeds, unless it is known to fail upstream. `old` are the outputs in state. */
  delete(id: string, old: PropertyValues, context: Context<Config>): Promise<void>;
}

/**
 * What stands now. `id` is needed where it is not the one in state (a renamed role). Properties left out or undefined
 * become null.
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
  /** No name is made up when one of these is given (`namePrefix`). */
  unless?: string[];
}

export interface CheckFailure {
  property: string;
  reason: string;
}

export interface InvokeContext<Config> {
  config: Config;
  /** Aborted when the engine cancels (Ctrl-C) or dies: every wait must end then. */
  signal: AbortSignal;
}

export interface Context<Config> extends InvokeContext<Config> {
  urn: string;
  token: string;
  /** `read` was called with nothing but an id. */
  importing: boolean;
  /** The program's `customTimeouts` for this operation, in seconds; absent when it has none. */
  timeoutSeconds?: number;
  /** A line for the person who waits. `progress` is shown in the live display only and not kept. */
  log(severity: "progress" | "info" | "warning", message: string): void;
}

/**
 * The thing exists but is not as wanted: the engine keeps it in state, with this id and these properties, and reports
 * the reasons.
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

/**
 * `pulumi stack export` → resources as rules see them, exactly as `pulumi policy analyze --file` passes them to a pack,
 * and what no rule can judge.
 */
import { parse as parseTolerantly, type ParseError } from "jsonc-parser";
import { encrypted, unknown } from "../../policypacks/database-guardrails/vocabulary/properties";
import { Resource } from "../../policypacks/database-guardrails/vocabulary/resource";
import { declaredIn } from "../../policypacks/database-guardrails/vocabulary/strictness";
import { databases, readTypes } from "../../policypacks/database-guardrails/vocabulary/types";
import { nameInUrn } from "../fleet-records";
import { isForeign, type Unjudged } from "./unjudged";

/** Where a resource was declared, relative to the project. */
export interface Source {
  file: string;
  line: number;
  column: number;
}

export interface ExportedState {
  /** "stack::project" of its resources. */
  stack: string | undefined;
  /** Each with the values that its program declares. */
  declared: Resource[];
  /** Each with its actual values: the cloud's last answer, or what the program declares if there is none. */
  deployed: Resource[];
  sources: Map<string, Source>;
  unjudged: Unjudged[];
  /** The number of resources, judged or not. */
  resources: number;
}

/** Thrown with the line where parsing stopped. */
export class UnreadableState extends Error {
  constructor(
    readonly line: number,
    reason: string,
  ) {
    super(reason);
  }
}

interface StateResource {
  urn: string;
  type: string;
  custom?: boolean;
  /** Replaced, but not removed yet. */
  delete?: boolean;
  /** Only read by this stack. */
  external?: boolean;
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
  parent?: string;
  /** When it was added to the state. */
  created?: string;
  protect?: boolean;
  ignoreChanges?: string[];
  dependencies?: string[];
  propertyDependencies?: Record<string, string[] | null>;
  sourcePosition?: string;
  stackTrace?: { sourcePosition?: string }[];
}

interface PendingOperation {
  type: string;
  resource: StateResource;
}

/** Version 4 only adds a list of the deployment's features. */
const versionsRead = [3, 4];

/** Properties are read only of the types that some rule names: a company's may name any, and read what it depends on. */
export function readState(text: string, read: ReadonlySet<string> | "all types" = readTypes): ExportedState {
  const state = parse(text);
  if ("checkpoint" in state)
    throw new UnreadableState(
      1,
      "this is a backend's checkpoint, not an export; make one: `pulumi stack export --file <file>`",
    );
  const { version, deployment } = state as {
    version?: unknown;
    deployment?: { resources?: unknown; pending_operations?: unknown } | null;
  };
  if (typeof version !== "number" || typeof deployment !== "object" || deployment === null)
    throw new UnreadableState(1, "this is not a stack export: it has no version and deployment");
  if (!versionsRead.includes(version))
    throw new UnreadableState(
      lineOf(text, text.indexOf('"version"')),
      `version ${version} of a stack export; allowed: ${versionsRead.join(", ")}. A newer Pulumi wrote it: update shipshape`,
    );
  const resources = deployment.resources ?? [];
  if (!Array.isArray(resources) || !resources.every(isResource))
    throw new UnreadableState(1, "its resources are not a list of objects with urn and type");
  const pending = deployment.pending_operations ?? [];
  if (!Array.isArray(pending) || !pending.every(isPending))
    throw new UnreadableState(1, "its pending operations are not a list of objects with type and resource");
  const own = resources.filter((resource) => !resource.delete && !resource.external);
  const replaced = resources.filter(
    (resource) => resource.delete && !resource.external && readTypes.has(resource.type),
  );
  const isRead = (type: string) => read === "all types" || read.has(type);
  const toResource = resourceReader(resources, isRead);
  // What an interrupted operation was creating may exist; what it was removing may be gone.
  const interrupted = pending.filter(({ type }) => creatingOperations.includes(type)).map(({ resource }) => resource);
  return {
    resources: resources.length,
    stack: resources[0]?.urn
      .replace(/^urn:pulumi:/, "")
      .split("::")
      .slice(0, 2)
      .join("::"),
    declared: [...own, ...interrupted].map((resource) => toResource(resource, resource.inputs, "program")),
    // Replaced ones first, so that a URN ends up with the one that stays.
    deployed: [...replaced, ...own].map((resource) =>
      toResource(resource, isRead(resource.type) ? actualProperties(resource) : undefined, "state"),
    ),
    sources: new Map(
      resources.flatMap((resource) => sourceOf(resource).map((source) => [resource.urn, source] as const)),
    ),
    unjudged: [
      ...pending.map(({ type, resource }): Unjudged => ({ why: "pending", what: `${type} ${resource.urn}` })),
      ...resources
        .filter(({ external }) => external)
        .map((resource): Unjudged => ({ why: "external", what: shortOf(resource) })),
      ...resources
        .filter((resource) => resource.delete && !replaced.includes(resource))
        .map((resource): Unjudged => ({ why: "replaced", what: shortOf(resource) })),
      ...own
        .filter((resource) => isForeign(resource.type, resource.custom))
        .map((resource): Unjudged => ({ why: "foreign", what: shortOf(resource) })),
    ],
  };
}

const creatingOperations = ["creating", "updating", "importing"];
/** A name may itself contain "::". */
const nameOf = nameInUrn;
const shortOf = ({ type, urn }: StateResource): string => `${type} ${nameOf(urn)}`;
/** A provider returns no value for a property that was not set. */
function actualProperties({ inputs, outputs = {} }: StateResource): Record<string, unknown> {
  const properties = { ...inputs };
  for (const name in outputs)
    if (outputs[name] !== null && outputs[name] !== undefined) properties[name] = outputs[name];
  return properties;
}

function resourceReader(resources: readonly StateResource[], isReadType: (type: string) => boolean) {
  const components = new Map(resources.flatMap((one) => (one.custom === false ? [[one.urn, one] as const] : [])));
  return (
    resource: StateResource,
    properties: Record<string, unknown> = {},
    reportedBy: "program" | "state",
  ): Resource => {
    const { urn, type, protect, ignoreChanges, dependencies, propertyDependencies } = resource;
    const byProperty = Object.fromEntries(
      Object.entries(propertyDependencies ?? {}).map(([property, urns]) => [property, urns ?? []]),
    );
    const isRead = isReadType(type);
    return new Resource({
      urn,
      type,
      name: resource.delete ? `${nameOf(urn)} (replaced, exists until \`pulumi up\` deletes it)` : nameOf(urn),
      // No rule reads most resources of an application.
      properties: isRead ? (open(properties) as Record<string, unknown>) : {},
      reportedBy,
      ...(isRead && {
        createdAt: resource.created,
        adopted: isAdopted(resource),
        awaitingDeletion: resource.delete ?? false,
        declaredBy: declaredBy(resource, components),
      }),
      protect: protect ?? false,
      ignoreChanges: ignoreChanges ?? [],
      dependencies: { ...byProperty, "": dependencies ?? [] },
    });
  };
}

/** RDS creates no database without an engine or a source database, so this one existed before. */
const isAdopted = ({ type, inputs = {} }: StateResource): boolean =>
  (databases as readonly string[]).includes(type) &&
  [
    "engine",
    "snapshotIdentifier",
    "restoreToPointInTime",
    "replicateSourceDb",
    "replicationSourceIdentifier",
    "s3Import",
  ].every((name) => inputs[name] === undefined || inputs[name] === null);

/** The environment and tier passed to the nearest parent component that has them. */
function declaredBy(
  { parent = "" }: StateResource,
  components: ReadonlyMap<string, StateResource>,
): { environment?: string | undefined; tier?: string | undefined } {
  const visited = new Set<string>();
  for (
    let component = components.get(parent);
    component !== undefined && !visited.has(component.urn);
    component = components.get(component.parent ?? "")
  ) {
    visited.add(component.urn);
    const declared = declaredIn(component.inputs ?? {});
    if (declared) return declared;
  }
  return {};
}

const secretSignature = "4dabf18193072939515e22adb298388d";
/** What the engine writes for an unknown value. */
const unknownMark = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Secrets stay encrypted: rules only check whether there is one. An export with --show-secrets has them decrypted. */
function open(value: unknown): unknown {
  if (value === unknownMark) return unknown;
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(open);
  const object = value as Record<string, unknown>;
  if (secretSignature in object)
    return typeof object["plaintext"] === "string" ? open(JSON.parse(object["plaintext"])) : encrypted;
  return Object.fromEntries(Object.entries(object).map(([name, inner]) => [name, open(inner)]));
}

/**
 * The first stack frame in the project's own code: a component of an installed package is declared where the project
 * calls it.
 */
function sourceOf({ sourcePosition, stackTrace }: StateResource): Source[] {
  const frames = [sourcePosition, ...(stackTrace ?? []).map((frame) => frame.sourcePosition)];
  const found = frames
    .map((frame) => /^project:\/\/\/(?!node_modules\/)(.+)#(\d+)(?:,(\d+))?$/.exec(frame ?? ""))
    .find((match) => match !== null);
  return found ? [{ file: found[1] ?? "", line: Number(found[2]), column: Number(found[3] ?? 1) }] : [];
}

function parse(text: string): object {
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === "object" && parsed !== null) return parsed;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UnreadableState(lineOf(text, brokenAt(text)), `this is not JSON: ${reason.replace(/\s+/g, " ")}`);
  }
  throw new UnreadableState(1, "this is not a stack export: it is not an object");
}

/** The position of the first JSON error; the end if something is missing. */
function brokenAt(text: string): number {
  const problems: ParseError[] = [];
  parseTolerantly(text, problems, { disallowComments: true });
  return problems[0]?.offset ?? text.length;
}

const lineOf = (text: string, position: number): number => text.slice(0, Math.max(0, position)).split("\n").length;
const isPending = (one: unknown): one is PendingOperation =>
  typeof one === "object" &&
  one !== null &&
  typeof (one as PendingOperation).type === "string" &&
  isResource((one as PendingOperation).resource);
const isResource = (one: unknown): one is StateResource =>
  typeof one === "object" &&
  one !== null &&
  typeof (one as StateResource).urn === "string" &&
  typeof (one as StateResource).type === "string";

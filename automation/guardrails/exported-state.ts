/** `pulumi stack export` → resources as rules see them, just as `pulumi policy analyze --file` hands them to a pack. */
import { sealed } from "../../policypacks/database-guardrails/properties";
import { Resource } from "../../policypacks/database-guardrails/resource";

/** Where a resource was declared, relative to the project. */
export interface Source {
  file: string;
  line: number;
  column: number;
}

export interface ExportedState {
  /** "stack::project" of its resources. */
  stack: string | undefined;
  /** Each with its inputs, for rules on one resource. */
  declared: Resource[];
  /** Each with its outputs, for rules on the stack. */
  deployed: Resource[];
  sources: Map<string, Source>;
}

/** Thrown with the line where reading ended. */
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
  delete?: boolean;
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
  protect?: boolean;
  ignoreChanges?: string[];
  dependencies?: string[];
  propertyDependencies?: Record<string, string[] | null>;
  sourcePosition?: string;
  stackTrace?: { sourcePosition?: string }[];
}

/** 4 only names features of the deployment beside it. */
const versionsRead = [3, 4];

export function readState(text: string): ExportedState {
  const state = parse(text);
  if ("checkpoint" in state) throw new UnreadableState(1, "this is a backend's checkpoint, not an export; make one: `pulumi stack export --file <file>`");
  const { version, deployment } = state as { version?: unknown; deployment?: { resources?: unknown } | null };
  if (typeof version !== "number" || typeof deployment !== "object" || deployment === null)
    throw new UnreadableState(1, "this is no stack export: it has no version and deployment");
  if (!versionsRead.includes(version))
    throw new UnreadableState(
      lineOf(text, text.indexOf('"version"')),
      `version ${version} of a stack export; allowed: ${versionsRead.join(", ")}. A newer Pulumi wrote it: update shipshape`,
    );
  const resources = deployment.resources ?? [];
  if (!Array.isArray(resources) || !resources.every(isResource)) throw new UnreadableState(1, "its resources are not a list of objects with urn and type");
  // What is pending deletion is gone as far as anybody may use it.
  const kept = resources.filter((resource) => !resource.delete);
  return {
    stack: kept[0]?.urn
      .replace(/^urn:pulumi:/, "")
      .split("::")
      .slice(0, 2)
      .join("::"),
    declared: kept.map((resource) => toResource(resource, resource.inputs)),
    deployed: kept.map((resource) => toResource(resource, resource.outputs)),
    sources: new Map(kept.flatMap((resource) => sourceOf(resource).map((source) => [resource.urn, source] as const))),
  };
}

function toResource(
  { urn, type, protect, ignoreChanges, dependencies, propertyDependencies }: StateResource,
  properties: Record<string, unknown> = {},
): Resource {
  const name = urn.slice(urn.lastIndexOf("::") + 2);
  const byProperty = Object.fromEntries(Object.entries(propertyDependencies ?? {}).map(([property, behind]) => [property, behind ?? []]));
  const opened = open(properties) as Record<string, unknown>;
  return new Resource({
    urn,
    type,
    name,
    properties: opened,
    protect: protect ?? false,
    ignoreChanges: ignoreChanges ?? [],
    dependencies: { ...byProperty, "": dependencies ?? [] },
  });
}

const secretSignature = "4dabf18193072939515e22adb298388d";

/** Secrets stay closed: rules ask whether there is one, never what it is. An export with --show-secrets has them open. */
function open(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(open);
  const object = value as Record<string, unknown>;
  if (secretSignature in object) return typeof object["plaintext"] === "string" ? open(JSON.parse(object["plaintext"])) : sealed;
  return Object.fromEntries(Object.entries(object).map(([name, inner]) => [name, open(inner)]));
}

/** The first place that is the project's own: a component of an installed package is declared where the project calls it. */
function sourceOf({ sourcePosition, stackTrace }: StateResource): Source[] {
  const frames = [sourcePosition, ...(stackTrace ?? []).map((frame) => frame.sourcePosition)];
  const found = frames.map((frame) => /^project:\/\/\/(?!node_modules\/)(.+)#(\d+)(?:,(\d+))?$/.exec(frame ?? "")).find((match) => match !== null);
  return found ? [{ file: found[1] ?? "", line: Number(found[2]), column: Number(found[3] ?? 1) }] : [];
}

function parse(text: string): object {
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === "object" && parsed !== null) return parsed;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UnreadableState(lineOf(text, brokenAt(text, reason)), `this is no JSON: ${reason.replace(/\s+/g, " ")}`);
  }
  throw new UnreadableState(1, "this is no stack export: it is no object");
}

/** JSON.parse tells a position, or shows what stands ten characters to either side of it, or came to the end of the text. */
function brokenAt(text: string, reason: string): number {
  const position = /position (\d+)/.exec(reason)?.[1];
  if (position !== undefined) return Number(position);
  const [, token, cut, snippet] = /token '(.)', (\.\.\.)?"([\s\S]*?)"(?:\.\.\.)? is not valid JSON/.exec(reason) ?? [];
  if (snippet === undefined) return text.length;
  return cut === undefined ? text.indexOf(token ?? "") : text.indexOf(snippet) + 10;
}

const lineOf = (text: string, position: number): number => text.slice(0, Math.max(0, position)).split("\n").length;
const isResource = (one: unknown): one is StateResource =>
  typeof one === "object" && one !== null && typeof (one as StateResource).urn === "string" && typeof (one as StateResource).type === "string";

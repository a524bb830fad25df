/** Pure: a change of a stack, as the new text of its config, as a patch of it, and as instructions. */
import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { isMap, isNode, isScalar, parseDocument, stringify, type Document, type Range, type YAMLMap } from "yaml";
import { reasonOf, ShipshapeError } from "../errors";
import type {
  DeclaredDatabase,
  ExpectedValue,
  Ownership,
  PlannedChange,
  StackChange,
  StackValue,
} from "../fleet-records";
import { canonicalJson } from "../records";
import { changesExpectedDays, patchContextLines } from "./limits";
import { unifiedDiff } from "./unified-diff";

/** A stack as it was observed, with its config if a folder has it. */
export interface ObservedStack {
  stack: string;
  /** The StandardDatabase that has the database, or the instance where there is none. */
  urn: string;
  ownership: Ownership;
  config: { file: string; text: string } | null;
  access?: DeclaredDatabase["access"];
}

/** The arguments of the StandardDatabase, in the config of a stack of our own. */
const REQUEST = ["config", "shipshape:request"];
const rootOf = ({ key }: Pick<StackChange, "key">) => (key === undefined ? REQUEST : ["config", key]);

/** What an operation wants of a stack. */
export interface WantedChange extends Omit<StackChange, "stack" | "urn"> {
  expected: ExpectedValue[];
  /** For how long it is waited for where it is delivered. @default 14 */
  withinDays?: number;
}

/** How a change reaches its stack, with the text that people read. Errors: stack-config-invalid, stack-change-secret. */
export function planStackChange(change: WantedChange, { stack, urn, ownership, config }: ObservedStack): PlannedChange {
  const { set, key, targets, why, requestId, expected, withinDays = changesExpectedDays } = change;
  const more = { ...(key && { key }), ...(targets && { targets }) };
  const planned = { stack, urn, set, ...more, why, requestId, expected, withinDays };
  requireNoSecret(planned);
  // There is no patch of nothing.
  if (!config || (set.length === 0 && ownership !== "ours"))
    return { ...planned, reaches: "instructions", config: null, text: instructionsOf(planned) };
  const { file, text } = config;
  return {
    ...planned,
    reaches: ownership === "ours" ? "commit" : "patch",
    config: { file, digest: digestOf(text) },
    text: patchOf(planned, file, text),
  };
}

/**
 * Whether a change that was planned earlier, perhaps days ago, would be planned again as it is: for `stillHolds` of an
 * operation.
 */
export const stackChangeHolds = (planned: PlannedChange, observed: ObservedStack): boolean =>
  isDeepStrictEqual(planStackChange(planned, observed), planned);

export const digestOf = (text: string): string => createHash("sha256").update(text).digest("hex");

/** The text of `Pulumi.<stack>.yaml` with a change; all else stays as it is. Errors: stack-config-invalid. */
export function configWith(file: string, text: string, change: Pick<StackChange, "set" | "key">): string {
  try {
    const root = rootOf(change);
    // Even if nothing is set: without that mapping it is no stack of our programs.
    parsed(text, change.key === undefined ? REQUEST : ["config"]);
    return change.set.reduce((before, { path, value }) => {
      const at = [...root, ...path];
      const after = value === undefined ? withoutValue(before, at) : withValue(before, at, ordered(value));
      // An alias, for one, has its value in two places.
      if (!isDeepStrictEqual(parsed(after).toJS(), withAt(parsed(before).toJS(), at, value)))
        throw new Error(`${path.join(".")} cannot be set without changing something else`);
      return after;
    }, text);
  } catch (error) {
    throw new ShipshapeError("stack-config-invalid", { file, reason: reasonOf(error) }, { cause: error });
  }
}

/** What the config of a stack says under a key. Errors: stack-config-invalid. */
export function configured(
  file: string,
  text: string,
  key: NonNullable<StackChange["key"]> | "shipshape:request",
): unknown {
  try {
    return valueAt(parsed(text).toJS(), ["config", key]);
  } catch (error) {
    throw new ShipshapeError("stack-config-invalid", { file, reason: reasonOf(error) }, { cause: error });
  }
}

function withValue(text: string, path: string[], value: StackValue): string {
  const document = parsed(text);
  const { map, depth } = mapOf(document, path);
  const [key, ...deeper] = path.slice(depth);
  const pair = map.items.find((item) => isScalar(item.key) && item.key.value === key);
  if (isDeepStrictEqual(valueAt(document.toJS(), path), value)) return text;
  const inner = deeper.reduceRight<StackValue>((nested, name) => ({ [name]: nested }), value);
  if (map.flow || map.items.length === 0) {
    document.setIn(path, value);
    return document.toString({ lineWidth: 0 });
  }
  const [first, last] = [map.items[0]?.key, map.items.at(-1)?.value ?? map.items.at(-1)?.key];
  const begin = startOf(first);
  const indent = " ".repeat(begin - (text.lastIndexOf("\n", begin - 1) + 1));
  // The engine reads YAML 1.1, for which 2027-03-31 is a moment and not a text.
  const written = stringify(
    { [key!]: inner },
    { lineWidth: 0, compat: "yaml-1.1", ...quotesOf(pair?.value) },
  ).trimEnd();
  const lines = written.replaceAll("\n", `\n${indent}`);
  if (pair) return `${text.slice(0, startOf(pair.key))}${lines}${text.slice(endOf(pair.value ?? pair.key, text))}`;
  // On the line after the last pair, and after the comment that ends it.
  const lineEnd = text.indexOf("\n", endOf(last, text));
  const at = lineEnd === -1 ? text.length : lineEnd + 1;
  return `${text.slice(0, at)}${lineEnd === -1 ? "\n" : ""}${indent}${lines}\n${text.slice(at)}`;
}

/** The records keep no order of names: the text of a plan that is read there has to be the one that was approved. */
const ordered = (value: StackValue): StackValue => JSON.parse(canonicalJson(value)) as StackValue;

/** With its lines, and nothing else; the last property of a mapping stays. */
function withoutValue(text: string, path: string[]): string {
  const { map, depth } = mapOf(parsed(text), path);
  const pair = map.items.find((item) => isScalar(item.key) && item.key.value === path[depth]);
  if (!pair || depth !== path.length - 1) return text;
  if (map.flow || map.items.length === 1) throw new Error(`${path.join(" → ")} cannot be taken out of its mapping`);
  const lineEnd = text.indexOf("\n", endOf(pair.value ?? pair.key, text));
  const begin = text.lastIndexOf("\n", startOf(pair.key) - 1) + 1;
  return `${text.slice(0, begin)}${lineEnd === -1 ? "" : text.slice(lineEnd + 1)}`;
}

/** The innermost mapping on that path which exists, and how many names lead to it. */
function mapOf(document: Document, path: string[]): { map: YAMLMap; depth: number } {
  for (let depth = path.length - 1; ; depth--) {
    const map = document.getIn(path.slice(0, depth), true);
    if (isMap(map)) return { map, depth };
    if (map !== undefined) throw new Error(`${path.slice(0, depth).join(" → ")} is not a mapping`);
  }
}

/** A mapping as it should be. */
const withAt = (from: unknown, [name = "", ...rest]: string[], value: StackValue | undefined): unknown => {
  const { [name]: found, ...others } = (from ?? {}) as Record<string, unknown>;
  if (value === undefined && (found === undefined || rest.length === 0)) return others;
  return { ...others, [name]: rest.length === 0 ? value : withAt(found, rest, value) };
};

const valueAt = (from: unknown, path: string[]): unknown =>
  path.reduce((at, name) => (at as Record<string, unknown> | null | undefined)?.[name], from);

const startOf = (node: unknown): number => rangeOf(node)[0];
/** Without the line feeds and indents that end a list or a mapping. */
const endOf = (node: unknown, text: string): number => text.slice(0, rangeOf(node)[1]).trimEnd().length;

function rangeOf(node: unknown): Range {
  if (!isNode(node) || !node.range) throw new Error("it has a value without a place");
  return node.range;
}

/** A text keeps its quotes. */
function quotesOf(old: unknown): { defaultStringType?: "QUOTE_SINGLE" | "QUOTE_DOUBLE"; defaultKeyType: "PLAIN" } {
  const type = isScalar(old) ? old.type : undefined;
  return {
    defaultKeyType: "PLAIN",
    ...((type === "QUOTE_SINGLE" || type === "QUOTE_DOUBLE") && { defaultStringType: type }),
  };
}

function parsed(text: string, within = ["config"]): Document {
  const document = parseDocument(text, { compat: "yaml-1.1" });
  if (document.errors[0]) throw new Error(document.errors[0].message);
  if (!isMap(document.getIn(within))) throw new Error(`it has no mapping ${within.join(" → ")}`);
  return document;
}

/** Nothing that is shown, committed or delivered holds a secret: a stack has those encrypted, or makes them itself. */
function requireNoSecret(change: Pick<PlannedChange, "stack" | "set" | "key" | "expected">): void {
  const { stack, set, expected } = change;
  const isSecret = (text: string) => looksSecret.test(withoutName(text, change));
  const paths = [...set.map(({ path }) => path.join(".")), ...expected.map(({ property }) => property)];
  const secret =
    paths.find(isSecret) ?? set.find(({ value }) => looksSecret.test(JSON.stringify(value) ?? ""))?.path.join(".");
  if (secret !== undefined) throw new ShipshapeError("stack-change-secret", { stack, property: secret });
}

/** A database may be called after tokens: where its identifier is a name in the config, that is no secret. */
const withoutName = (text: string, { set, key }: Pick<StackChange, "set" | "key">): string =>
  key === undefined ? text : set.reduce((left, { path: [name = ""] }) => left.replaceAll(name, ""), text);

const looksSecret = /passw|passphrase|secret|token|credential|private.?key|secure"?:/i;

function patchOf(change: Omit<PlannedChange, "text" | "reaches" | "config">, file: string, text: string): string {
  const after = configWith(file, text, change);
  if (after === text) return `${file} has these values already; the stack is brought up as it is.\n`;
  // The lines around a change are shown and sealed with it, and so are those that it removes.
  const patches = [patchContextLines, 0].map((context) => unifiedDiff(file, text, after, context));
  const patch = patches.find((one) => !looksSecret.test(withoutName(one.replaceAll(file, ""), change)));
  if (patch === undefined) throw new ShipshapeError("stack-change-secret", { stack: change.stack, property: file });
  return patch;
}

function instructionsOf({
  stack,
  urn,
  set,
  key,
  targets = [],
}: Pick<StackChange, "stack" | "urn" | "set" | "key" | "targets">): string {
  const up = `pulumi up --stack ${stack}`;
  // Without a refresh the state still says what the cloud has no longer, and an `up` finds nothing to do.
  if (set.length === 0)
    return `The program of stack ${stack} declares this already. Bring it up:\n\n  ${[
      `pulumi up --refresh --stack ${stack}`,
      ...targets.map((target) => `--target '${target}'`),
    ].join(" \\\n    ")}\n`;
  if (key !== undefined) {
    const lines = set.map(({ path: [name = "", ...path], value }) => {
      const where = `${key}["${name}"].${path.join(".")}`;
      return `  pulumi config set --path --stack ${stack} '${where}' ${JSON.stringify(value)}\n`;
    });
    return `In the folder of the program of stack ${stack}:\n\n${lines.join("")}  ${up}\n`;
  }
  const properties = set.map(({ path, value }) =>
    value === undefined ? `  no ${path.join(".")}\n` : `  ${path.join(".")} = ${JSON.stringify(value)}\n`,
  );
  return `In the program of stack ${stack}, of the resource\n\n  ${urn}\n\nset\n\n${properties.join("")}\nand bring it up:\n\n  ${up}\n`;
}

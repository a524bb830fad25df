import { z } from "zod";
import { unfit } from "../mask-parts";
import { nestedMask, nestedRule, piecewise, unfitNested, type Lookup, type Piece } from "../nested";
import type { ColumnFacts } from "../schema-facts";
import type { Mask, MaskContext, Transformer } from "../transformer";
import { scrubbed } from "./free-text";

const path = z.string().regex(/^\$(?:\.(?:[^.[\]]+)|\[\*\])*$/, {
  error: () => "give a path such as $.customer.email or $.lines[*].name; $.byId.* is every key",
});
const parameters = z.strictObject({
  paths: z.record(
    path,
    z.union([nestedRule, z.strictObject({ keep: z.string().min(1) })], {
      error: () => "give {use: <transformer>} or {keep: <reason>}",
    }),
  ),
  /** What no path names: texts are scrubbed and numbers become 0, or all of it becomes null. */
  rest: z.enum(["scrub", "null"], { error: () => "give scrub or null" }).default("scrub"),
});
type Parameters = z.infer<typeof parameters>;

const SCRUB = 0;
const ZERO = -1;
const NULL = -2;
const KEEP = -3;

export const json = (lookup: Lookup): Transformer<Parameters> => ({
  name: "json",
  title:
    "what is in a document, by path; what no path names is scrubbed, keys stay, and a key that looks like a value stops the copy",
  parameters,
  example: { paths: { "$.customer.email": { use: "email" }, "$.currency": { keep: "one of few codes" } } },
  fits(column, { paths }) {
    if (!/^(jsonb?|text|varchar)$/.test(column.type)) return `it masks documents, and the column is ${column.declared}`;
    for (const [at, rule] of Object.entries(paths)) {
      const why = "use" in rule ? unfitNested(rule, inside(column), lookup) : undefined;
      if (why) return `${at}: ${why}`;
    }
    return undefined;
  },
  uniqueness: () => "lossy",
  leaves: true,
  escapes: true,
  prepare: (context, { paths, rest }) => documentMask(context, paths, rest, lookup),
});

const inside = (column: ColumnFacts): ColumnFacts => {
  const { maxLength: _, ...others } = column;
  return { ...others, type: "text", declared: "text inside of a document", notNull: false };
};

function documentMask(
  context: MaskContext,
  paths: Parameters["paths"],
  rest: Parameters["rest"],
  lookup: Lookup,
): Mask {
  const column = inside(context.column);
  const masks: Mask[] = [scrubbed({ ...context, key: context.keyOf("free-text") })];
  const routes = Object.entries(paths).map(([path, rule]) => {
    if ("keep" in rule) return { pattern: patternOf(path), route: KEEP };
    masks.push(nestedMask(rule, column, context, lookup));
    return { pattern: patternOf(path), route: masks.length - 1 };
  });
  const known = new Map<string, number | undefined>();
  const routeOf = (path: string, isText: boolean): number => {
    if (!known.has(path)) known.set(path, routes.find(({ pattern }) => pattern.test(path))?.route);
    return known.get(path) ?? (rest === "null" ? NULL : isText ? SCRUB : ZERO);
  };
  return piecewise(
    masks,
    (text) => {
      const pieces = splitDocument(text, routeOf);
      if (pieces === undefined)
        throw unfit(context.column, "a value is no document, or one of its keys looks like a value");
      return pieces;
    },
    (masked) => (masked === null ? "null" : JSON.stringify(masked)),
  );
}

/** Keys of any name for `*`; a path is that of a value, with all positions of arrays as `[*]`. */
const patternOf = (path: string) =>
  new RegExp(
    `^${path.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`).replaceAll(String.raw`\.\*`, String.raw`\.[^.]*`)}$`,
    "s",
  );

const token = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?|true|false|null|[{}[\],:]|\s+/gy;

/** Where each text and number is, by its path; everything else stays as it is written. Undefined: it is no document. */
function splitDocument(text: string, routeOf: (path: string, isText: boolean) => number): Piece[] | undefined {
  const pieces: Piece[] = [];
  /** Of each open object its current key, of each open array nothing. */
  const open: (string | undefined)[] = [];
  const inArray: boolean[] = [];
  let expectsKey = false;
  token.lastIndex = 0;
  while (token.lastIndex < text.length) {
    const [found] = token.exec(text) ?? [];
    if (found === undefined) return undefined;
    const first = found[0]!;
    if (first === "{" || first === "[") {
      open.push(undefined);
      inArray.push(first === "[");
      expectsKey = first === "{";
    } else if (first === "}" || first === "]") {
      open.pop();
      inArray.pop();
      expectsKey = false;
    } else if (first === ",") expectsKey = inArray.at(-1) === false;
    if (first === '"' && expectsKey) {
      const key = JSON.parse(found) as string;
      if (/@|\d{6}/.test(key)) return undefined;
      open[open.length - 1] = key;
      expectsKey = false;
      pieces.push(found);
    } else if (first === '"' || /[-\d]/.test(first)) {
      const path = `$${open.map((key, i) => (inArray[i] ? "[*]" : `.${key}`)).join("")}`;
      pieces.push(pieceOf(found, routeOf(path, first === '"')));
    } else pieces.push(found);
  }
  return open.length === 0 ? pieces : undefined;
}

function pieceOf(found: string, route: number): Piece {
  if (route === KEEP) return found;
  if (route === NULL) return "null";
  if (route === ZERO) return "0";
  return { route, value: found.startsWith('"') ? (JSON.parse(found) as string) : found };
}

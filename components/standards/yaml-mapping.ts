import { isAlias, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument, visit, type Document } from "yaml";

/** What is wrong in a file, and on which line. */
export interface LineProblem {
  line: number;
  message: string;
}

export interface YamlMapping {
  /** Undefined if the text is not a readable mapping. */
  values: Record<string, unknown> | undefined;
  problems: LineProblem[];
  /** The line of a key, by the keys and positions above it; of the nearest one above it, if it is missing. */
  lineOf(...path: string[]): number;
}

/** Enough to start with: after correcting these, the check is run again. */
const problemsMax = 20;

/**
 * Reads a mapping of plain values. JSON is YAML too, and this parser reports lines. Aliases and tags are refused: they
 * could make a small file expand to a huge value, or mean something other than it shows.
 */
export function readYamlMapping(text: string, what: string): YamlMapping {
  try {
    return parseMapping(text, what);
  } catch (thrown) {
    // Input that the parser itself fails on, such as ten thousand nested brackets.
    const message = `cannot parse this file: ${thrown instanceof Error ? thrown.message : String(thrown)}`;
    return { values: undefined, problems: [{ line: 1, message }], lineOf: () => 1 };
  }
}

function parseMapping(text: string, what: string): YamlMapping {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, strict: true, uniqueKeys: true, logLevel: "error" });
  const lineAt = (offset: number) => lines.linePos(offset).line;
  const lineOf = (...path: string[]) => lineAt(offsetOf(document, path));
  const problems = [...document.errors, ...document.warnings]
    .slice(0, problemsMax)
    .map(({ pos, message }) => ({ line: lineAt(pos[0]), message: message.split("\n")[0] ?? message }));
  const { version, explicit } = document.directives?.yaml ?? {};
  // In older versions other words are booleans and dates, and a mapping may be merged into another.
  if (explicit && version !== "1.2")
    problems.push({ line: 1, message: `%YAML ${version} is not allowed; leave it out` });
  visit(document, {
    Node: (_, node) => {
      const at = lineAt(node.range?.[0] ?? 0);
      if (isAlias(node) || ("anchor" in node && node.anchor !== undefined))
        problems.push({ line: at, message: "anchors and aliases are not allowed; write the value out" });
      else if (node.tag !== undefined && node.tag !== "tag:yaml.org,2002:str")
        problems.push({ line: at, message: `the tag ${node.tag} is not allowed; give a plain value` });
      if (problems.length >= problemsMax) return visit.BREAK;
      return undefined;
    },
  });
  if (problems.length > 0) return { values: undefined, problems, lineOf };
  const { contents } = document;
  if (!isMap(contents))
    return {
      values: undefined,
      problems: [
        { line: 1, message: `give ${what}, not ${contents === null ? "nothing" : "a list or a single value"}` },
      ],
      lineOf,
    };
  const invalidKey = contents.items.find(({ key }) => !isScalar(key) || typeof key.value !== "string");
  if (invalidKey)
    return {
      values: undefined,
      problems: [{ line: lineAt(invalidKey.key.range[0]), message: "keys must be plain names" }],
      lineOf,
    };
  return { values: document.toJS() as Record<string, unknown>, problems: [], lineOf };
}

function offsetOf(document: Document, path: string[]): number {
  let [at, offset]: [unknown, number] = [document.contents, 0];
  for (const step of path) {
    const pair = isMap(at) ? at.items.find(({ key }) => String(key) === step) : undefined;
    const [marked, below] = isSeq(at) ? [at.items[Number(step)], at.items[Number(step)]] : [pair?.key, pair?.value];
    if (!isNode(marked)) break;
    [at, offset] = [below, marked.range?.[0] ?? offset];
  }
  return offset;
}

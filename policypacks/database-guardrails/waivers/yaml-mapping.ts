import { isAlias, isMap, isScalar, LineCounter, parseDocument, visit, type Document } from "yaml";

/** What is wrong in a file, and where. */
export interface LineProblem {
  line: number;
  message: string;
}

export interface YamlMapping {
  /** Undefined where the text is no mapping that can be read. */
  values: Record<string, unknown> | undefined;
  problems: LineProblem[];
  /** Where a key stands; what is missing is missing from the first line. */
  lineOf(key: string | undefined): number;
}

/** A person corrects some, and runs it again. */
const problemsMax = 20;

/**
 * A mapping of plain values. JSON is YAML too, and this parser knows the lines. Aliases and tags are refused: a small
 * file could mean a huge value by them, or something else than it shows.
 */
export function readYamlMapping(text: string, what: string): YamlMapping {
  try {
    return parseMapping(text, what);
  } catch (thrown) {
    // What the parser itself gives up on, such as ten thousand brackets in a row.
    const message = `this cannot be read: ${thrown instanceof Error ? thrown.message : String(thrown)}`;
    return { values: undefined, problems: [{ line: 1, message }], lineOf: () => 1 };
  }
}

function parseMapping(text: string, what: string): YamlMapping {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, strict: true, uniqueKeys: true, logLevel: "error" });
  const lineAt = (offset: number) => lines.linePos(offset).line;
  const lineOf = (key: string | undefined) => lineAt(offsetOf(document, key));
  const problems = [...document.errors, ...document.warnings]
    .slice(0, problemsMax)
    .map(({ pos, message }) => ({ line: lineAt(pos[0]), message: message.split("\n")[0] ?? message }));
  const { version, explicit } = document.directives?.yaml ?? {};
  // By the older rules other words are booleans and dates, and a mapping may be merged into another.
  if (explicit && version !== "1.2") problems.push({ line: 1, message: `%YAML ${version}; leave it out` });
  visit(document, {
    Node: (_, node) => {
      const at = lineAt(node.range?.[0] ?? 0);
      if (isAlias(node) || ("anchor" in node && node.anchor !== undefined))
        problems.push({ line: at, message: "an anchor or alias; write the value out" });
      else if (node.tag !== undefined && node.tag !== "tag:yaml.org,2002:str")
        problems.push({ line: at, message: `the tag ${node.tag}; give a plain value` });
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
  const odd = contents.items.find(({ key }) => !isScalar(key) || typeof key.value !== "string");
  if (odd)
    return { values: undefined, problems: [{ line: lineAt(odd.key.range[0]), message: "give names as keys" }], lineOf };
  return { values: document.toJS() as Record<string, unknown>, problems: [], lineOf };
}

function offsetOf(document: Document, key: string | undefined): number {
  if (key === undefined || !isMap(document.contents)) return 0;
  const pair = document.contents.items.find((item) => String(item.key) === key);
  return (pair?.key as { range?: [number, number, number] } | undefined)?.range?.[0] ?? 0;
}

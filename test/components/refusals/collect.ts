import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";

const folder = join(__dirname, "../../../localcloud/server");

/**
 * Every refusal in the sources of the embedded cloud, by file: its message, with … for values that come from requests.
 */
export function refusalsByFile(): Record<string, string[]> {
  const files = readdirSync(folder, { recursive: true }).map(String).sort();
  const found = files
    .filter((file) => file.endsWith(".ts"))
    .map((file) => [file, refusalsIn(readFileSync(join(folder, file), "utf8"))] as const);
  return Object.fromEntries(found.filter(([, refusals]) => refusals.length > 0));
}

function refusalsIn(source: string): string[] {
  const file = ts.createSourceFile("source.ts", source, ts.ScriptTarget.ES2022, true);
  const shorthands = new Map<string, ts.NewExpression>();
  const found = new Set<string>();
  const collectShorthands = (node: ts.Node): void => {
    // `const invalid = (message) => new AwsError("InvalidParameterValue", message)`: the message is where it is
    // called.
    if (
      ts.isVariableDeclaration(node) &&
      node.initializer &&
      ts.isArrowFunction(node.initializer) &&
      isError(node.initializer.body)
    )
      shorthands.set(node.name.getText(), node.initializer.body);
    ts.forEachChild(node, collectShorthands);
  };
  collectShorthands(file);
  const collect = (node: ts.Node): void => {
    if (isError(node) && ![...shorthands.values()].includes(node)) found.add(words(node.arguments?.[1]));
    const shorthand = ts.isCallExpression(node) ? shorthands.get(node.expression.getText()) : undefined;
    if (shorthand && ts.isCallExpression(node)) found.add(shorthandWords(shorthand, node));
    ts.forEachChild(node, collect);
  };
  collect(file);
  return [...found];
}

/** Its own message if it has one, otherwise the one it is called with. */
function shorthandWords(shorthand: ts.NewExpression, call: ts.CallExpression): string {
  const own = words(shorthand.arguments?.[1]);
  const given = call.arguments.map(words).filter((text) => text !== "…");
  return own === "…" ? words(call.arguments[0]) : [own, ...given].join(" | ");
}

const isError = (node: ts.Node): node is ts.NewExpression =>
  ts.isNewExpression(node) && node.expression.getText() === "AwsError";

function words(node: ts.Expression | undefined): string {
  if (node && ts.isStringLiteralLike(node)) return node.text;
  return node && ts.isTemplateExpression(node)
    ? [node.head.text, ...node.templateSpans.map((span) => span.literal.text)].join("…")
    : "…";
}

/** Makes a failing claim point at its line in the rule's test and at the rule, not at the helper that checks it. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Rule } from "../../policypacks/database-guardrails/judging/rule";

export interface SourceLocation {
  file: string;
  line: number;
}

/** The line that called a function. */
export function callSiteOf(called: (...given: never[]) => unknown): SourceLocation {
  const trace = { stack: "" };
  Error.captureStackTrace(trace, called);
  const [, file = "", line = "1"] = /at (?:.* \()?(.+):(\d+):\d+/.exec(trace.stack) ?? [];
  return { file, line: Number(line) };
}

/** Replaces the stack of a failed assertion; an error thrown by the rule itself already points at the rule. */
export function withLocation(rule: Rule, call: SourceLocation, what: string, assertion: () => void): void {
  try {
    assertion();
  } catch (error) {
    if (error instanceof Error && "matcherResult" in error) {
      const locations = [lineOf(call, `"${what}":`), ruleOf(rule)];
      error.stack = `${error.message}\n${locations.map(({ file, line }) => `    at ${file}:${line}:1`).join("\n")}`;
    }
    throw error;
  }
}

const ruleOf = ({ id }: Rule): SourceLocation =>
  lineOf(
    { file: join(__dirname, "../../policypacks/database-guardrails/rules", `${id}.ts`), line: 1 },
    "= defineRule(",
  );

/** The first line at or after a location that contains a text; the location itself if none does. */
function lineOf(from: SourceLocation, text: string): SourceLocation {
  const lines = existsSync(from.file) ? readFileSync(from.file, "utf8").split("\n") : [];
  const found = lines.findIndex((line, index) => index >= from.line - 1 && line.includes(text));
  return found < 0 ? from : { file: from.file, line: found + 1 };
}

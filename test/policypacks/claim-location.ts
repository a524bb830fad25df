/** Lets a claim that fails point at its line in the rule's test and at the rule, not at the helper that checks it. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Rule } from "../../policypacks/database-guardrails/judging/rule";

export interface SourceLocation {
  file: string;
  line: number;
}

/** Where a function was called from. */
export function callOf(called: (...given: never[]) => unknown): SourceLocation {
  const trace = { stack: "" };
  Error.captureStackTrace(trace, called);
  const [, file = "", line = "1"] = /at (?:.* \()?(.+):(\d+):\d+/.exec(trace.stack) ?? [];
  return { file, line: Number(line) };
}

/** What the rule itself throws points at the rule already. */
export function pointingAt(rule: Rule, call: SourceLocation, what: string, holds: () => void): void {
  try {
    holds();
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

/** The first line at or after a location that has a text; the location itself if none has. */
function lineOf(from: SourceLocation, text: string): SourceLocation {
  const lines = existsSync(from.file) ? readFileSync(from.file, "utf8").split("\n") : [];
  const found = lines.findIndex((line, index) => index >= from.line - 1 && line.includes(text));
  return found < 0 ? from : { file: from.file, line: found + 1 };
}

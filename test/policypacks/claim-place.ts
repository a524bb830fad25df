/** Lets a claim that fails point at its line in the rule's test and at the rule, not at the helper that checks it. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Rule } from "../../policypacks/database-guardrails/judging/rule";

export interface Place {
  file: string;
  line: number;
}

/** Where a function was called from. */
export function callOf(called: (...given: never[]) => unknown): Place {
  const trace = { stack: "" };
  Error.captureStackTrace(trace, called);
  const [, file = "", line = "1"] = /at (?:.* \()?(.+):(\d+):\d+/.exec(trace.stack) ?? [];
  return { file, line: Number(line) };
}

/** What the rule itself throws points at the rule already. */
export function pointingAt(rule: Rule, call: Place, what: string, holds: () => void): void {
  try {
    holds();
  } catch (error) {
    if (error instanceof Error && "matcherResult" in error) {
      const places = [lineOf(call, `"${what}":`), ruleOf(rule)];
      error.stack = `${error.message}\n${places.map(({ file, line }) => `    at ${file}:${line}:1`).join("\n")}`;
    }
    throw error;
  }
}

const ruleOf = ({ id }: Rule): Place =>
  lineOf(
    { file: join(__dirname, "../../policypacks/database-guardrails/rules", `${id}.ts`), line: 1 },
    "= defineRule(",
  );

/** The first line from a place on that has a text; the place itself, where none has. */
function lineOf(from: Place, text: string): Place {
  const lines = existsSync(from.file) ? readFileSync(from.file, "utf8").split("\n") : [];
  const found = lines.findIndex((line, index) => index >= from.line - 1 && line.includes(text));
  return found < 0 ? from : { file: from.file, line: found + 1 };
}

/** The section `guardrails` of shipshape.yaml: where a company keeps rules of its own, and its baseline. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { z } from "zod";
import { fileProblems } from "../../../components/standards/file-problems";
import { readFile } from "../../../components/standards/yaml-file";
import { GuardrailsInvalid } from "./guardrails-invalid";

const path = (what: string) => z.string({ error: () => `give ${what}, relative to this file` }).min(1);

export const guardrailsSection = z.strictObject({
  /** Rules of the company's own, one file each. */
  rules: path("a folder").optional(),
  /** What was there when guardrails were introduced. */
  baseline: path("a file").optional(),
});

/** As the section names them, with absolute paths. */
export type GuardrailsSection = z.infer<typeof guardrailsSection>;

/** Nothing, if there is no file or it has no such section. Throws GuardrailsInvalid. */
export function guardrailsNamedIn(configuration: string | undefined): GuardrailsSection {
  if (configuration === undefined || !existsSync(configuration)) return {};
  // Most files have no such section; those do not wait for the parser.
  if (!/^\W*guardrails\W*:/m.test(readFileSync(configuration, "latin1").replaceAll("\0", ""))) return {};
  const { values, problems, lineOf } = readFile(configuration);
  if (values === undefined)
    throw new GuardrailsInvalid(problems.map(({ line, message }) => ({ file: configuration, line, reason: message })));
  const { data, error } = guardrailsSection.optional().safeParse(values["guardrails"]);
  if (error)
    throw new GuardrailsInvalid(
      error.issues
        .flatMap((issue) => fileProblems(issue, guardrailsSection))
        .map(({ path: at, reason }) => ({
          file: configuration,
          line: lineOf("guardrails", ...at),
          reason: `${["guardrails", ...at].join(".")}: ${reason}`,
        })),
    );
  const named = Object.entries(data ?? {}).map(([key, value]) => [key, resolve(dirname(configuration), value)]);
  return Object.fromEntries(named) as GuardrailsSection;
}

/** Pure: a profile from the text of its file, or every problem of it with its line and what is wanted there. */
import type { z } from "zod";
import { fileProblems, meant } from "../../components/standards/file-problems";
import { readYamlMapping, type LineProblem, type YamlMapping } from "../../components/standards/yaml-mapping";
import { ShipshapeError } from "../errors";
import { problemsShownMax } from "./limits";
import { profileSchema, type MaskingProfile } from "./profile";
import type { Transformer } from "./transformer";

/**
 * @param file its name, for messages
 * @throws masking-profile-invalid
 */
export function parseProfile(text: string, file: string, transformers: readonly Transformer[]): MaskingProfile {
  const yaml = readYamlMapping(text, "a mapping with version, source, key and tables");
  if (yaml.values === undefined) throw invalid(file, yaml.problems);
  const { data, error } = profileSchema.safeParse(yaml.values, { reportInput: true });
  if (error)
    throw invalid(
      file,
      error.issues.flatMap((issue) => problemsOf(issue, yaml)),
    );
  const problems = ruleProblems(data, yaml, transformers);
  if (problems.length > 0) throw invalid(file, problems);
  return data;
}

const problemsOf = (issue: z.core.$ZodIssue, yaml: YamlMapping): LineProblem[] =>
  fileProblems(issue, profileSchema).map(({ path, reason }) => lineProblem(path, reason, yaml));

const lineProblem = (path: readonly string[], reason: string, { lineOf }: YamlMapping): LineProblem => ({
  line: lineOf(...path),
  message: `${path.join(" › ") || "the file"}: ${reason}`,
});

/** Transformers that do not exist, and parameters that they do not have. */
function ruleProblems(profile: MaskingProfile, yaml: YamlMapping, transformers: readonly Transformer[]): LineProblem[] {
  const known = transformers.map(({ name }) => name);
  return Object.entries(profile.tables).flatMap(([table, { columns = {} }]) =>
    Object.entries(columns).flatMap(([column, rule]) => {
      if (!("use" in rule)) return [];
      const path = ["tables", table, "columns", column];
      const transformer = transformers.find(({ name }) => name === rule.use);
      if (!transformer) {
        const wanted = meant(rule.use, known) ?? `known: ${known.join(", ")}`;
        return [lineProblem([...path, "use"], `there is no transformer "${rule.use}"; ${wanted}`, yaml)];
      }
      const { error } = transformer.parameters.safeParse(rule.with ?? {}, { reportInput: true });
      return (error?.issues ?? []).flatMap((issue) =>
        fileProblems(issue, transformer.parameters).map(({ path: inner, reason }) =>
          lineProblem([...path, "with", ...inner], reason, yaml),
        ),
      );
    }),
  );
}

const invalid = (file: string, problems: LineProblem[]) =>
  new ShipshapeError("masking-profile-invalid", {
    file,
    problems: problems
      .toSorted((one, other) => one.line - other.line)
      .slice(0, problemsShownMax)
      .map(({ line, message }) => `\n  line ${line}: ${message}`)
      .join(""),
  });

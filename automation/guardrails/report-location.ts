import { existsSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import type { Source } from "./exported-state";
import type { LocatedFinding } from "./judgement";

/**
 * Where a reviewer can act: the line that declares the resource, otherwise the stack's config, otherwise the judged
 * file.
 */
export function sourceLocationOf(finding: LocatedFinding, projectFolder: string): Source | undefined {
  if (finding.source) return finding.source;
  const config =
    finding.type === "waiver" ? undefined : stackConfig(/^urn:pulumi:([^:]+)::/.exec(finding.urn)?.[1], projectFolder);
  const file =
    config ?? (finding.file === undefined || finding.file === "-" ? undefined : relative(projectFolder, finding.file));
  return file === undefined ? undefined : { file, line: 1, column: 1 };
}

/** The file of a stack's config in a project. */
export function stackConfig(stack: string | undefined, projectFolder: string): string | undefined {
  const project = join(projectFolder, "Pulumi.yaml");
  const folder = existsSync(project)
    ? (/^stackConfigDir:\s*(\S+)/m.exec(readFileSync(project, "utf8"))?.[1] ?? "")
    : "";
  const file = join(folder, `Pulumi.${stack}.yaml`);
  return stack !== undefined && existsSync(join(projectFolder, file)) ? file : undefined;
}

/** Reads `shipshape.yaml`, the company's settings of the control plane. Nothing else reads it. */
import { readFileSync, statSync } from "node:fs";
import distance from "leven";
import { z } from "zod";
import { decodeText } from "../../policypacks/database-guardrails/waivers/text-file";
import { readYamlMapping, type YamlMapping } from "../../policypacks/database-guardrails/waivers/yaml-mapping";
import { reasonOf, ShipshapeError } from "../errors";
import type { ConfigurationFile } from "../settings";
import { configurationBytesMax, configurationProblemsMax, spellingDistanceMax } from "./limits";
import { configurationSchema, type Configuration } from "./sections";

/**
 * The configuration; undefined if there is no file, and none was named. Errors: configuration-invalid,
 * configuration-unreadable.
 */
export function readConfiguration({ path: file, isNamed }: ConfigurationFile): Configuration | undefined {
  const text = textOf(file, isNamed);
  if (text === undefined) return undefined;
  const yaml = readYamlMapping(text, "a mapping of sections");
  if (yaml.values === undefined) throw invalid(file, yaml.problems);
  const { data, error } = configurationSchema.safeParse(yaml.values, { reportInput: true });
  if (error)
    throw invalid(
      file,
      error.issues.flatMap((issue) => problemsOf(issue, yaml)),
    );
  return data;
}

function textOf(file: string, isNamed: boolean): string | undefined {
  try {
    const { size } = statSync(file);
    if (size > configurationBytesMax) throw new Error(`it has ${size} bytes; the limit is ${configurationBytesMax}`);
    return decodeText(readFileSync(file));
  } catch (error) {
    if (!isNamed && (error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new ShipshapeError("configuration-unreadable", { file, reason: reasonOf(error) }, { cause: error });
  }
}

const invalid = (file: string, problems: YamlMapping["problems"]) =>
  new ShipshapeError("configuration-invalid", {
    file,
    problems: problems
      .sort((one, other) => one.line - other.line)
      .slice(0, configurationProblemsMax)
      .map(({ line, message }) => `\n  line ${line}: ${message}`)
      .join(""),
  });

function problemsOf(issue: z.core.$ZodIssue, { lineOf }: YamlMapping): YamlMapping["problems"] {
  const at = issue.path.map(String);
  if (issue.code !== "unrecognized_keys")
    return [{ line: lineOf(...at), message: `${at.join(".") || "the file"}: ${issue.message}` }];
  return issue.keys.map((key) => {
    const known = keysAt(issue.path);
    const [nearest = ""] = known.toSorted((one, other) => distance(one, key) - distance(other, key));
    const meant = distance(nearest, key) <= spellingDistanceMax ? `did you mean ${nearest}?` : "";
    const message = `${[...at, key].join(".")}: is not known; ${meant || `known: ${known.join(", ")}`}`;
    return { line: lineOf(...at, key), message };
  });
}

interface Node {
  properties?: Record<string, Node>;
  additionalProperties?: Node;
  items?: Node;
}

/** The keys of the mapping at a path. */
function keysAt(path: readonly PropertyKey[]): string[] {
  let at: Node | undefined = z.toJSONSchema(configurationSchema, { unrepresentable: "any" }) as Node;
  for (const step of path)
    at = typeof step === "number" ? at?.items : (at?.properties?.[String(step)] ?? at?.additionalProperties);
  return Object.keys(at?.properties ?? {});
}

/** Reads `shipshape.yaml`, the company's settings of the control plane. Nothing else reads it. */
import { readFileSync, statSync } from "node:fs";
import type { z } from "zod";
import { builtIn } from "../../components/standards/built-in";
import { fileProblems } from "../../components/standards/file-problems";
import type { Standard } from "../../components/standards/standard";
import { readStandard as readStandardFile, standardNamedIn } from "../../components/standards/standard-file";
import { StandardInvalid } from "../../components/standards/standard-invalid";
import { decodeText } from "../../components/standards/text-file";
import { readYamlMapping, type YamlMapping } from "../../components/standards/yaml-mapping";
import { reasonOf, ShipshapeError } from "../errors";
import type { Location } from "../fleet-records";
import type { ConfigurationFile } from "../settings";
import { locationsOf } from "./accounts";
import { configurationBytesMax, configurationProblemsMax } from "./limits";
import { configurationSchemaOf, type Configuration } from "./sections";

/**
 * What databases are held to, as the file names it; Shipshape's own standard if it names none. Errors:
 * standard-invalid, configuration-unreadable.
 */
export function readStandard({ path: file, isNamed }: ConfigurationFile): Standard {
  return textOf(file, isNamed) === undefined ? builtIn : standardOf(file);
}

const standardOf = (file: string): Standard =>
  valid(() => standardNamedIn(file, new Date().toISOString().slice(0, 10)));

/** One that no longer holds, from its file. Errors: standard-invalid. */
export const readEarlierStandard = (file: string): Standard => valid(() => readStandardFile(file, undefined));

function valid(read: () => Standard): Standard {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof StandardInvalid)) throw error;
    throw new ShipshapeError("standard-invalid", { problems: error.message }, { cause: error });
  }
}

/**
 * The configuration; undefined if there is no file, and none was named. Who puts it in force gives the names of all
 * operations, so that it names no other. Errors: configuration-invalid, configuration-unreadable,
 * standard-invalid.
 */
export function readConfiguration(
  { path: file, isNamed }: ConfigurationFile,
  operations?: readonly string[],
): Configuration | undefined {
  const text = textOf(file, isNamed);
  if (text === undefined) return undefined;
  const yaml = readYamlMapping(text, "a mapping of sections");
  if (yaml.values === undefined) throw invalid(file, yaml.problems);
  const schema = configurationSchemaOf(standardOf(file), operations);
  const { data, error } = schema.safeParse(yaml.values, { reportInput: true });
  if (error)
    throw invalid(
      file,
      error.issues.flatMap((issue) => problemsOf(issue, schema, yaml)),
    );
  return data;
}

/** The accounts and Regions that it names; none where it names none. Errors: those of `readConfiguration`. */
export const readLocations = (file: ConfigurationFile): Location[] => locationsOf(readConfiguration(file)?.accounts);

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

const problemsOf = (issue: z.core.$ZodIssue, schema: z.ZodType, { lineOf }: YamlMapping): YamlMapping["problems"] =>
  fileProblems(issue, schema).map(({ path, reason }) => ({
    line: lineOf(...path),
    message: `${path.join(".") || "the file"}: ${reason}`,
  }));

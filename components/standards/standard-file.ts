/**
 * Finds a company's standard: `shipshape.yaml` names it, beside the programs or in a folder above them. Without such a
 * file nothing is parsed, so that it costs programs nothing.
 */
import { existsSync, readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { builtIn } from "./built-in";
import type * as Define from "./define";
import type { Standard } from "./standard";
import { StandardInvalid } from "./standard-invalid";
import type * as YamlFile from "./yaml-file";

export const configurationName = "shipshape.yaml";

/** A standard has some hundred lines; a larger file is something else. */
const standardBytesMax = 2 ** 18;

/**
 * The standard that a `shipshape.yaml` names, the given one or the nearest from a folder up; Shipshape's own if there is
 * none. Throws StandardInvalid.
 */
export function standardFor(folder: string, today: string, given?: string): Standard {
  const file = given === undefined ? configurationFor(folder) : resolve(folder, given);
  return file === undefined ? builtIn : standardNamedIn(file, today);
}

/** The nearest `shipshape.yaml` from a folder up. */
export function configurationFor(folder: string): string | undefined {
  for (let at = resolve(folder); ; at = dirname(at)) {
    const file = join(at, configurationName);
    if (existsSync(file)) return file;
    if (dirname(at) === at) return undefined;
  }
}

/** The standard that this `shipshape.yaml` names. Throws StandardInvalid. */
export function standardNamedIn(configuration: string, today: string): Standard {
  if (!existsSync(configuration))
    throw new StandardInvalid(configuration, [{ path: "the whole", reason: "there is no such file" }]);
  // Most name none; those do not wait for the parser.
  if (!/^\W*standard\W*:/m.test(readFileSync(configuration, "latin1").replaceAll("\0", ""))) return builtIn;
  const { values } = reader().readFile(configuration);
  const named = values?.["standard"];
  if (typeof named !== "string") return builtIn; // what else is wrong with the file, its own check says
  return standardIn(named, configuration, today);
}

/** A YAML file, or a package of theirs that exports what `defineStandard` returns. Throws StandardInvalid. */
function standardIn(named: string, configuration: string, today: string): Standard {
  if (/\.ya?ml$/.test(named)) return readStandard(resolve(dirname(configuration), named), today);
  const { accepted } = definition();
  try {
    const exported = createRequire(configuration)(named) as Record<string, unknown>;
    return accepted(
      exported["default"] ?? exported["standard"] ?? exported,
      `${named}, which ${configuration} names`,
      today,
    );
  } catch (error) {
    if (error instanceof StandardInvalid) throw error;
    const reason = error instanceof Error ? error.message.split("\n")[0] : String(error);
    throw new StandardInvalid(configuration, [{ path: "standard", reason: `${named} cannot be loaded: ${reason}` }]);
  }
}

/** Throws StandardInvalid. Without a day it is an earlier one, which may be below the floor today. */
export function readStandard(file: string, today: string | undefined): Standard {
  const { checked } = definition();
  let size: number;
  try {
    ({ size } = statSync(file));
  } catch {
    throw new StandardInvalid(file, [{ path: "the whole", reason: "there is no such file" }]);
  }
  if (size > standardBytesMax)
    throw new StandardInvalid(file, [
      { path: "the whole", reason: `has ${size} bytes, more than ${standardBytesMax}` },
    ]);
  const { values, problems, lineOf } = reader().readFile(file);
  if (values === undefined)
    throw new StandardInvalid(
      file,
      problems.map(({ line, message }) => ({ line, path: "the file", reason: message })),
    );
  return checked(values, file, today, lineOf);
}

/* eslint-disable @typescript-eslint/no-require-imports -- only a program that has such a file loads what reads it */
const reader = () => require("./yaml-file") as typeof YamlFile;
export const definition = () => require("./define") as typeof Define;
/* eslint-enable @typescript-eslint/no-require-imports */

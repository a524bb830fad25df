/** Loads transformers of a team's own from their compiled text: in the worker, in each masking thread, in CI. */
import { compileFunction } from "node:vm";
import { ShipshapeError } from "../../errors";
import { transformers } from "../transformers";
import type { Transformer } from "../transformer";
import * as api from "./api";
import { asTransformer, within } from "./own-mask";

/** Plain data, so that a thread can get it. */
export interface CompiledTransformer {
  name: string;
  /** Of its file: what approvals depend on. */
  source: string;
  compiled: string;
}

/** Ours and these. Errors: masking-transformer-invalid. */
export const transformersWith = (own: readonly CompiledTransformer[] = []): readonly Transformer[] => [
  ...transformers,
  ...own.map(loaded),
];

const known = new Map<string, Transformer>();

function loaded(given: CompiledTransformer): Transformer {
  const found = known.get(given.compiled);
  if (found) return found;
  const { name } = given;
  const invalid = (reason: string) =>
    new ShipshapeError("masking-transformer-invalid", { file: `${name}.transformer.ts`, reason });
  let exported: Record<string, unknown>;
  try {
    exported = within(() => run(given));
  } catch (error) {
    throw invalid(`it cannot be loaded: ${String((error as Partial<Error>).message ?? error).split("\n")[0]}`);
  }
  const candidates = [...new Set(Object.values(exported))].filter(isTransformer);
  const [one] = candidates;
  if (!one || candidates.length > 1)
    throw invalid(`it exports ${candidates.length} transformers; export one, made with defineTransformer`);
  const problem = problemOf(one, name);
  if (problem !== undefined) throw invalid(problem);
  const transformer = asTransformer(one) as Transformer;
  known.set(given.compiled, transformer);
  return transformer;
}

const isTransformer = (given: unknown): given is api.OwnTransformer<unknown> =>
  typeof given === "object" && given !== null && "mask" in given;

function problemOf(one: Partial<api.OwnTransformer<unknown>>, name: string): string | undefined {
  const isText = (value: unknown) => typeof value === "string" && value.trim() !== "";
  if (one.name !== name) return `its name is not that of its file: ${name}`;
  if (transformers.some((other) => other.name === name)) return `${name} is a transformer of Shipshape`;
  if (!isText(one.title)) return "title: say in one sentence what it gives";
  if (typeof one.parameters?.safeParse !== "function") return "parameters: give a schema of zod";
  if (!["injective", "collision-free-in-practice", "lossy"].includes(String(one.uniqueness)))
    return "uniqueness: give injective, collision-free-in-practice or lossy";
  const missing = (["fits", "charactersMax", "mask"] as const).find((part) => typeof one[part] !== "function");
  if (missing !== undefined) return `${missing}: give a function`;
  if (one.vocabulary !== undefined && !(Array.isArray(one.vocabulary) && one.vocabulary.every(isText)))
    return "vocabulary: give a list of words";
  return undefined;
}

/** All of its code is in its file: what it would import could change without its digest. */
function run({ name, compiled }: CompiledTransformer): Record<string, unknown> {
  const load = (wanted: string): unknown => {
    if (wanted === "shipshape/masking") return api;
    throw new Error(`it imports ${JSON.stringify(wanted)}; it may import shipshape/masking only`);
  };
  const module = { exports: {} as Record<string, unknown> };
  const filename = `${name}.transformer.ts`;
  const program = compileFunction(compiled, ["module", "exports", "require"], { filename });
  (program as (...given: unknown[]) => void)(module, module.exports, load);
  return module.exports;
}

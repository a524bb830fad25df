/** Masking profiles, and what is beside them: transformers of a team's own, and subsets. */
import { readdir, readFile, stat } from "node:fs/promises";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import type * as Esbuild from "esbuild";
import { reasonOf, ShipshapeError } from "./errors";
import { profileBytesMax, subsetBytesMax, transformerBytesMax } from "./masking/limits";
import { transformersWith, type CompiledTransformer } from "./masking/own/own-transformers";
import type { MaskingProfile } from "./masking/profile";
import { parseProfile } from "./masking/profile-file";
import { parseSubset, type Subset } from "./masking/subset-file";
import { printable } from "./printable";

/**
 * `file` is how errors name it. Errors: masking-profile-unreadable, masking-profile-invalid,
 * masking-transformer-invalid.
 */
export async function readProfileFile(path: string, file: string): Promise<MaskingProfile> {
  const text = await textOf(path, profileBytesMax, (error) => {
    throw new ShipshapeError("masking-profile-unreadable", { file, reason: reasonOf(error) }, { cause: error });
  });
  const own = await ownTransformers(dirname(path), text);
  const profile = parseProfile(text, file, transformersWith(own));
  const used = new Set(
    Object.values(profile.tables).flatMap(({ columns = {} }) =>
      Object.values(columns).flatMap((rule) => ("use" in rule ? [rule.use] : [])),
    ),
  );
  const its = own.filter(({ name }) => used.has(name));
  return its.length === 0 ? profile : { ...profile, own: its };
}

/** Errors: subset-unreadable, subset-invalid. */
export async function readSubsetFile(path: string, file: string): Promise<Subset> {
  const text = await textOf(path, subsetBytesMax, (error) => {
    throw new ShipshapeError("subset-unreadable", { file, reason: reasonOf(error) }, { cause: error });
  });
  return parseSubset(text, file);
}

/** The subsets of that database beside its profile, by their names. Errors: subset-unreadable, subset-invalid. */
export async function subsetsBeside(profile: string, source: string): Promise<{ file: string; subset: Subset }[]> {
  const folder = dirname(profile);
  const files = (await readdir(folder)).filter((name) => name.endsWith(".subset.yaml")).sort();
  const read = files.map(async (file) => ({ file, subset: await readSubsetFile(join(folder, file), printable(file)) }));
  return (await Promise.all(read)).filter(({ subset }) => subset.source === source);
}

/** Those beside the profile that it names: others may be of other profiles, and not be ready. */
async function ownTransformers(folder: string, profile: string): Promise<CompiledTransformer[]> {
  const named = new Set([...profile.matchAll(/\buse["']?\s*:\s*["']?([a-z][a-z0-9-]*)/g)].map(([, name = ""]) => name));
  const files = [...named].sort().map((name) => ({ name, path: join(folder, `${name}.transformer.ts`) }));
  return Promise.all(files.filter(({ path }) => existsSync(path)).map(compiled));
}

async function compiled({ name, path }: { name: string; path: string }): Promise<CompiledTransformer> {
  const invalid = (reason: string, cause?: unknown) =>
    new ShipshapeError("masking-transformer-invalid", { file: `${name}.transformer.ts`, reason }, { cause });
  const source = await textOf(path, transformerBytesMax, (error) => {
    throw invalid(reasonOf(error), error);
  });
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- only who has transformers of their own loads it
  const { transformSync } = require("esbuild") as typeof Esbuild;
  try {
    const { code } = transformSync(source, { loader: "ts", format: "cjs", target: "node20", tsconfigRaw: {} });
    return { name, source, compiled: code };
  } catch (error) {
    const [first] = (error as Partial<Esbuild.TransformFailure>).errors ?? [];
    throw invalid(first ? `line ${first.location?.line ?? 1}: ${first.text}` : reasonOf(error), error);
  }
}

async function textOf(path: string, bytesMax: number, refuse: (error: unknown) => never): Promise<string> {
  try {
    const { size } = await stat(path);
    if (size > bytesMax) throw new Error(`it has ${size} bytes; the limit is ${bytesMax}`);
    return new TextDecoder("utf-8", { fatal: true }).decode(await readFile(path));
  } catch (error) {
    return refuse(error);
  }
}

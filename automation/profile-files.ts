/** Masking profiles, and the subsets beside them, as files. */
import { readFile, stat } from "node:fs/promises";
import { reasonOf, ShipshapeError } from "./errors";
import { profileBytesMax, subsetBytesMax } from "./masking/limits";
import type { MaskingProfile } from "./masking/profile";
import { parseProfile } from "./masking/profile-file";
import { parseSubset, type Subset } from "./masking/subset-file";
import { transformers } from "./masking/transformers";

/** `file` is how errors name it. Errors: masking-profile-unreadable, masking-profile-invalid. */
export async function readProfileFile(path: string, file: string): Promise<MaskingProfile> {
  const text = await textOf(path, profileBytesMax, (error) => {
    throw new ShipshapeError("masking-profile-unreadable", { file, reason: reasonOf(error) }, { cause: error });
  });
  return parseProfile(text, file, transformers);
}

/** Errors: subset-unreadable, subset-invalid. */
export async function readSubsetFile(path: string, file: string): Promise<Subset> {
  const text = await textOf(path, subsetBytesMax, (error) => {
    throw new ShipshapeError("subset-unreadable", { file, reason: reasonOf(error) }, { cause: error });
  });
  return parseSubset(text, file);
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

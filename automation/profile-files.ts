/** Masking profiles as files. */
import { readFile, stat } from "node:fs/promises";
import { reasonOf, ShipshapeError } from "./errors";
import { profileBytesMax } from "./masking/limits";
import type { MaskingProfile } from "./masking/profile";
import { parseProfile } from "./masking/profile-file";
import { transformers } from "./masking/transformers";

/** `file` is how errors name it. Errors: masking-profile-unreadable, masking-profile-invalid. */
export async function readProfileFile(path: string, file: string): Promise<MaskingProfile> {
  let text: string;
  try {
    const { size } = await stat(path);
    if (size > profileBytesMax) throw new Error(`it has ${size} bytes; the limit is ${profileBytesMax}`);
    text = new TextDecoder("utf-8", { fatal: true }).decode(await readFile(path));
  } catch (error) {
    throw new ShipshapeError("masking-profile-unreadable", { file, reason: reasonOf(error) }, { cause: error });
  }
  return parseProfile(text, file, transformers);
}

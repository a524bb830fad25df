/** The masking profiles of the control plane: files in one folder, `<name>.masking.yaml`. */
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { reasonOf, ShipshapeError } from "../../errors";
import { profileBytesMax } from "../../masking/limits";
import type { MaskingProfile } from "../../masking/profile";
import { parseProfile } from "../../masking/profile-file";
import { transformers } from "../../masking/transformers";

/** Errors: masking-profile-unreadable, masking-profile-invalid. */
export async function readProfile(folder: string, name: string): Promise<MaskingProfile> {
  const file = `${name}.masking.yaml`;
  const path = join(folder, file);
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

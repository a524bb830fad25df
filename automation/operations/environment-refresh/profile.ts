/** The masking profiles of the control plane: files in one folder, `<name>.masking.yaml`. */
import { join } from "node:path";
import type { MaskingProfile } from "../../masking/profile";
import { readProfileFile } from "../../profile-files";

/** Errors: masking-profile-unreadable, masking-profile-invalid. */
export function readProfile(folder: string, name: string): Promise<MaskingProfile> {
  const file = `${name}.masking.yaml`;
  return readProfileFile(join(folder, file), file);
}

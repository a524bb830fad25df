/** Masking profiles and subsets of the control plane: `<name>.masking.yaml` and `<name>.subset.yaml` in one folder. */
import { join } from "node:path";
import type { MaskingProfile } from "../../masking/profile";
import type { Subset } from "../../masking/subset-file";
import { readProfileFile, readSubsetFile } from "../../profile-files";

/** Errors: masking-profile-unreadable, masking-profile-invalid. */
export function readProfile(folder: string, name: string): Promise<MaskingProfile> {
  const file = `${name}.masking.yaml`;
  return readProfileFile(join(folder, file), file);
}

/** Errors: subset-unreadable, subset-invalid. */
export function readSubset(folder: string, name: string): Promise<Subset> {
  const file = `${name}.subset.yaml`;
  return readSubsetFile(join(folder, file), file);
}

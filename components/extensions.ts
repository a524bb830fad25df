import type { Extension } from "./standards/roles";

/** The extensions that an extension needs ("requires" in its control file); all others of the allow-list need none. */
const requirements: Partial<Record<string, readonly Extension[]>> = { earthdistance: ["cube"] };
export const requiredBy = (extension: string): readonly Extension[] => requirements[extension] ?? [];

/** In an order in which they can be created: by name, each after those it needs. */
export function inOrder(extensions: readonly string[]): string[] {
  const ordered = new Set<string>();
  const add = (extension: string): void => {
    for (const required of requiredBy(extension)) add(required);
    ordered.add(extension);
  };
  for (const extension of [...extensions].sort()) add(extension);
  return [...ordered];
}

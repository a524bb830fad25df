/** Pure: how a database is patched: as its owner declares, where that can be. What green lags is measured later. */
import { patchMethodTag, type PatchMethod } from "../../../components/standards/fixed";

export interface ChosenMethod {
  /** @default in place */
  method?: PatchMethod;
  /** Why, where it declares one. */
  methodReason?: string;
}

/** `obstacles`: why it does not go by blue/green. */
export function methodOf({ tags, obstacles }: { tags: Record<string, string>; obstacles: string[] }): ChosenMethod {
  if (tags[patchMethodTag] !== "blue-green") return {};
  const [first] = obstacles;
  if (first !== undefined) return { methodReason: `not by blue/green, as it declares: ${first}` };
  return { method: "blue-green", methodReason: "as it declares" };
}

/** Pure: what the state of a stack says of a database that matters for its patch. */
import { z } from "zod";
import { extensionsMax } from "./limits";

const shapeSchema = z.looseObject({
  instanceClass: z.string().optional(),
  extensions: z.array(z.string()).max(extensionsMax),
});

/** Sorted; null where the state does not say it. */
export function extensionsIn(shape: object | undefined): string[] | null {
  const read = shapeSchema.safeParse(shape);
  return read.success ? [...read.data.extensions].sort() : null;
}

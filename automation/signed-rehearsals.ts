/** Pure: what the signed log says of rehearsals of patches, the newest first. */
import { z } from "zod";
import type { LogContent } from "./evidence/reading";
import type { SignedRehearsal } from "./rehearsal-records";

const rehearsedSchema = z.looseObject({
  rehearsed: z.object({
    from: z.string(),
    to: z.string(),
    instanceClass: z.string(),
    extensions: z.array(z.string()),
  }),
});
const outcomeSchema = z.looseObject({ downtimeSeconds: z.number().nullable() }).nullish();

/** The operation whose statements are read. */
export const rehearsal = "patch-rehearsal";

/** Only those after the last statement that cannot be read: that one may have withdrawn any before it. */
export function signedRehearsals({ entries, problems }: LogContent): SignedRehearsal[] {
  const lost = Math.max(-1, ...problems.flatMap((problem) => problem.lost?.position ?? []));
  return entries
    .flatMap(({ position, run }): SignedRehearsal[] => {
      if (position < lost) return [];
      if (run?.kind !== "verdict" || run.predicate.operation !== rehearsal) return [];
      const { requestId, target, verdict, expiresOn, plan, outcome } = run.predicate;
      const [planned, found] = [rehearsedSchema.safeParse(plan), outcomeSchema.safeParse(outcome)];
      if (!planned.success || !found.success) return [];
      const downtimeSeconds = found.data?.downtimeSeconds ?? null;
      const { rehearsed } = planned.data;
      return [
        { requestId, rehearsed, identifier: target, verdict, downtimeSeconds, expiresOn: expiresOn.slice(0, 10) },
      ];
    })
    .reverse();
}

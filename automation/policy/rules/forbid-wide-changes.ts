import { changesPerDayMax } from "../limits";
import { changedRing } from "../ring-changes";
import { defineAdmissionRule } from "../rule";

export const forbidWideChanges = defineAdmissionRule({
  id: "forbid-wide-changes",
  why: "A mistake in a change is often made in all changes of that day, and is noticed after some. So each ring has a limit of changes a day: a request counts from its decision until it ends without having begun, or until a day after it began. No approval raises that limit, because people who approve one plan do not see the others. What a train of patches changes counts for others, and is refused only where the limit is 0: its plan names every database, and a ring begins only when the one before it is well.",
  solution:
    "Request it again when the reason says that there is room. Cancel a request that waits and is not needed (`npx shipshape status` lists them, `npx shipshape cancel --help`), or raise `changesPerDay` in `shipshape.yaml` (docs/configuration.md); a worker that starts puts the file in force.",
  owner: "team-platform",
  judge({ operation, plan, standard, access, earlierChanges, approvedWith }) {
    const ring = changedRing({ operation, plan, standard });
    if (ring === undefined) return { verdict: "allowed", reason: `${operation.name} changes no database itself` };
    const max = access.changesPerDay?.[`ring${ring}`] ?? changesPerDayMax[`ring${ring}`];
    if (max === 0) return { verdict: "denied", reason: `shipshape.yaml allows no changes of ring ${ring}` };
    if (approvedWith !== undefined)
      return {
        verdict: "allowed",
        reason: `request ${approvedWith.id} goes ring by ring, and its plan names every database`,
      };
    const count = earlierChanges.length;
    if (count < max)
      return {
        verdict: "allowed",
        reason: `this is change ${count + 1} of ring ${ring} in a day, of at most ${max}`,
      };
    const last = earlierChanges[count - max]!;
    const room = last.endsAt
      ? `at ${last.endsAt.toISOString()}`
      : `when request ${last.requestId}, of ${last.target}, or another of them ends`;
    return {
      verdict: "denied",
      reason: `ring ${ring} has ${count} changes that wait, go on, or were begun in the last day, of at most ${max}; there is room again ${room}`,
    };
  },
});

import type { Effect, Judgement } from "../../records";
import { leavesItsPlace, onlyStaysLonger } from "../data-copies";
import { defineAdmissionRule } from "../rule";

const byEffect: Record<Effect, (operation: string) => Judgement> = {
  reads: (operation) => ({ verdict: "allowed", reason: `${operation} only reads` }),
  throwaway: (operation) => ({
    verdict: "allowed",
    reason: `${operation} changes no data: it creates only an isolated throwaway that expires`,
  }),
  changes: (operation) => ({ verdict: "needs-approval", reason: `${operation} changes a database` }),
};

export const requireApprovalOfChanges = defineAdmissionRule({
  id: "require-approval-of-changes",
  why: "A change of a database can lose data or end a service, so someone other than the requester reads its plan first. An operation that only reads, or creates only an isolated throwaway, is worth more the more often it runs; an approval would make it rare. Where people have approved the plan of a request that names each of its databases and what becomes of it, the request of one of these needs no other approval. Where a copy takes the place of what is in a team's database, that team approves its loss, beside the team that owns the source.",
  solution:
    "Someone else reads the plan (`npx shipshape show <id>`) and approves it by its digest (`npx shipshape approve <id> --help`). A plan waits for a week.",
  owner: "team-platform",
  judge({ operation, plan, standard, approvedWith }) {
    if (approvedWith !== undefined)
      return { verdict: "allowed", reason: `it was approved with request ${approvedWith.id}, which requested it` };
    const replaced = plan.copies?.replaces;
    if (replaced)
      return {
        verdict: "needs-approval",
        reason: `${operation.name} replaces what is in ${replaced.database.identifier}, which belongs to ${replaced.tags[standard.tags.owner.key] ?? "nobody"}: it is lost for good`,
        approvals: [{ by: "target-owning-team", people: 1 }],
      };
    if (operation.effect === "changes" && leavesItsPlace(plan, standard))
      return {
        verdict: "allowed",
        reason: `${operation.name} changes nothing but ${plan.copies && onlyStaysLonger(plan.copies) ? "until when a copy stays" : "the copy that it makes"}, on which the owner of its source decides`,
      };
    if (plan.removes?.isOver)
      return {
        verdict: "allowed",
        reason: `${plan.target} was approved until ${plan.removes.expiresOn}: its removal is part of that`,
      };
    return byEffect[operation.effect](operation.name);
  },
});

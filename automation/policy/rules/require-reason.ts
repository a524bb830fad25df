import { defineAdmissionRule } from "../rule";

export const requireReason = defineAdmissionRule({
  id: "require-reason",
  why: "The statement of every run quotes the reason. Without one, nobody can tell later why a database was copied or changed, or whether that was intended. `shipshape request` refuses an empty reason before this rule sees it; the rule holds for every other way in.",
  solution: "Request it again with a reason that means something to a reader a year from now.",
  owner: "team-platform",
  judge: ({ request }) =>
    request.reason.trim() === ""
      ? { verdict: "denied", reason: "the request gives no reason" }
      : { verdict: "allowed", reason: "the request gives a reason" },
});

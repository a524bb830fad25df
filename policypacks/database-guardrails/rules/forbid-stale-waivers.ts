import { defineRule } from "../judging/rule";

/**
 * Judged by `waiver-register.ts`, which alone knows which waivers there are and which of them matched; here it is
 * described, like any other.
 */
export const forbidStaleWaivers = defineRule({
  id: "forbid-stale-waivers",
  title: "Every waiver is valid, in time, and for something that is there",
  severity: "high",
  owner: "team-platform",
  controls: ["SOC 2 CC3.2"],
  properties: [],
  why: "An exception that nobody ends becomes the rule. One that matches nothing is forgotten, and would let the next violation of its kind through unseen.",
  solution:
    "Fix what the waiver was for and delete its file; or renew it, with an approver. `shipshape waiver check` lists what is wrong with it.",
});

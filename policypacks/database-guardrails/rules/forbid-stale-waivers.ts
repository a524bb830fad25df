import { defineRule } from "../judging/rule";

/**
 * Only described here, like any other rule. It is judged by `waiver-register.ts`, which knows which waivers exist and
 * which of them matched.
 */
export const forbidStaleWaivers = defineRule({
  id: "forbid-stale-waivers",
  title: "Every waiver is valid, unexpired and needed",
  severity: "high",
  owner: "team-platform",
  controls: ["SOC 2 CC3.2"],
  properties: [],
  why: "An exception without an end becomes the rule. One that matches nothing has been forgotten, and would let the next violation of its kind pass unnoticed.",
  solution:
    "Resolve the violation and delete the waiver's file, or renew the waiver with an approver. `shipshape waiver check` lists what is wrong with it.",
});

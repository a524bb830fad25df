import { approvalsMissing } from "../policy/approvals";
import { printable } from "../printable";
import type { ApprovalNeeded, Decision, Run } from "../records";
import type { CommandContext } from "./command-context";
import { answerLine, decisionText, explainedRules, neededLines, reportRules } from "./decision-report";
import { withRecords } from "./open-records";
import { approvalHint, familyLines, heldHint } from "./run-report";
import type { Terminal } from "./terminal";

/** `shipshape explain`. */
export async function explain(
  id: string,
  options: { json?: boolean },
  { settings, terminal }: CommandContext,
): Promise<void> {
  await withRecords(settings, async (records) => {
    const [run, decision] = [await records.run(id), await records.decision(id)];
    const followUpOf = await records.followedFinding(id);
    const { operation, requestedBy, reason, parent, target, status } = run;
    if (options.json) {
      const request = {
        id,
        operation,
        parent: parent ?? null,
        database: target ?? null,
        requestedBy,
        reason,
        followUpOf: followUpOf ?? null,
        status,
      };
      return terminal.json("explain", { ...request, ...decisionRecord(run, decision) });
    }
    terminal.say(`${terminal.style("bold", operation)} of ${printable(target ?? "?")}   request ${id}`);
    terminal.say(`requested by ${printable(requestedBy)}: ${printable(reason)}`);
    if (followUpOf !== undefined) terminal.say(`follow-up of finding ${followUpOf}`);
    for (const line of familyLines(run, [])) terminal.say(line);
    if (decision) reportDecision(run, decision, terminal);
    else if (run.error) terminal.say(`it ended before a decision: ${printable(run.error.message)}`);
    else terminal.say(`not decided yet: ${run.heldAt ? heldHint(run) : `the run is ${status}`}`);
  });
}

function decisionRecord(run: Run, decision: Decision | undefined) {
  if (!decision) return { decision: null };
  const { requestId: _, rules, expiresAt = null, ...rest } = decision;
  const missing = missingApprovals(run, decision);
  return { decision: { ...rest, expiresAt, approvalsMissing: missing, rules: explainedRules(rules) } };
}

function reportDecision(run: Run, decision: Decision, terminal: Terminal): void {
  const { status, planDigest, preparation, approvals, rules, expiresAt } = decision;
  terminal.say(`decision: ${decisionText(status, terminal)}, on plan ${planDigest}`);
  if (run.heldAt) terminal.say(heldHint(run));
  else if (run.preparation > preparation && !run.finishedAt)
    terminal.say("the request is being planned and decided again: its database has changed, or a pause has ended");
  reportRules(rules, terminal);
  if (status !== "needs-approval") return;
  terminal.say();
  for (const approval of approvals) terminal.say(answerLine(approval));
  const missing = missingApprovals(run, decision);
  if (missing.length === 0) return;
  terminal.say(`missing: approval by ${expiresAt?.toISOString()}, by:`);
  for (const line of neededLines(missing)) terminal.say(line);
  terminal.say(approvalHint(decision.requestId, planDigest));
}

/** A request that no longer waits misses none, however it ended. */
const missingApprovals = (run: Run, decision: Decision): ApprovalNeeded[] =>
  run.status === "waiting" ? approvalsMissing(decision) : [];

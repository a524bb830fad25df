import { ShipshapeError } from "../errors";
import { approvalsMissing, whoMay } from "../policy/approvals";
import { printable } from "../printable";
import type { Decision } from "../records";
import type { CommandContext } from "./command-context";
import { withControlPlane } from "./open-control-plane";
import { principal } from "./open-records";

export interface ApproveOptions {
  plan: string;
  comment: string;
  json?: boolean;
}

/** `shipshape approve` and `shipshape reject`: a person's answer to the plan of a request. */
export async function answerPlan(
  answer: "approve" | "reject",
  id: string,
  { plan, comment, json }: ApproveOptions,
  context: CommandContext,
): Promise<void> {
  const { terminal } = context;
  if (comment.trim() === "")
    throw new ShipshapeError("usage", {
      problem: "--comment is empty: say why; the evidence quotes it",
      command: `shipshape ${answer}`,
    });
  await withControlPlane(context, async (controlPlane) => {
    const decision = await controlPlane[answer](id, { principal: await principal(controlPlane), plan, comment });
    return json ? terminal.json(answer, decision) : terminal.say(outcome(answer, decision));
  });
}

function outcome(answer: "approve" | "reject", decision: Decision): string {
  const id = decision.requestId;
  if (answer === "reject") return `request ${id} is rejected: it ends without having done anything`;
  const missing = approvalsMissing(decision);
  if (missing.length === 0) return `request ${id} is approved and queued; a worker runs it (\`npx shipshape worker\`)`;
  return `your approval of request ${id} is recorded; still needed: ${printable(whoMay(missing))}`;
}

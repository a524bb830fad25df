import { printable, printableLines } from "../printable";
import type { Decision, Run } from "../records";
import type { CommandContext } from "./command-context";
import { answerLine, neededLines } from "./decision-report";
import { withRecords } from "./open-records";
import { progressOf, reportRun, runRecord, silenceOf, stepLines } from "./run-report";
import { watchUntilOver } from "./waiting";

/** `shipshape show`. */
export async function show(
  id: string,
  options: { json?: boolean; watch?: boolean },
  { settings, terminal }: CommandContext,
): Promise<void> {
  await withRecords(settings, async (records) => {
    if (options.watch) await watchUntilOver(records, id, terminal);
    const [run, decision] = [await records.run(id), await records.decision(id)];
    const { requestedBy, reason, receivedAt } = await records.request(id);
    const answers = await records.answers(id);
    if (options.json) {
      const more = {
        requestedBy,
        reason,
        receivedAt,
        decision: decision ?? null,
        plan: run.plan ?? null,
        outcome: run.outcome ?? null,
        answers,
      };
      return terminal.say(JSON.stringify({ ...runRecord(run), ...more }, undefined, 2));
    }
    reportRun(run, terminal);
    terminal.say(`\nrequested by ${printable(requestedBy)} at ${receivedAt.toISOString()}: ${printable(reason)}`);
    if (decision) for (const line of decisionLines(decision, run)) terminal.say(line);
    for (const a of answers)
      terminal.say(
        `${a.findingId} answered by ${printable(a.reviewer)} at ${a.answeredAt.toISOString()}: ${a.status}${a.followUpRequestId ? ` ${a.followUpRequestId}` : ""}, ${printable(a.comment)}`,
      );
    terminal.say("\nsteps:");
    for (const line of stepLines(run)) terminal.say(`  ${line}`);
    const { underWay } = progressOf(run);
    const silence = underWay && silenceOf(underWay, await records.workers());
    if (silence !== undefined) terminal.say(terminal.style("yellow", `  ${silence}`));
  });
}

function decisionLines({ status, rules, needed, expiresAt, approvals }: Decision, run: Run): string[] {
  return [
    `decision: ${status} (${printable(rules.map((r) => r.reason).join("; "))})`,
    ...approvals.map(answerLine),
    ...(run.status === "waiting"
      ? [
          "",
          `plan ${run.planDigest}, to be approved by ${expiresAt?.toISOString()}, by:`,
          ...neededLines(needed),
          printableLines(JSON.stringify(run.plan, undefined, 2)),
        ]
      : []),
  ];
}

import { printable, printableLines } from "../printable";
import type { Decision, Run } from "../records";
import type { CommandContext } from "./command-context";
import type { ExpectedChange } from "../fleet-records";
import { expectedLine } from "./expected-changes";
import { answerLine, neededLines } from "./decision-report";
import { withRecords } from "./open-records";
import { familyLines, progressOf, reachedBounds, reportRun, runRecord, silenceOf, stepLines } from "./run-report";
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
    const followUpOf = await records.followedFinding(id);
    const [answers, children] = [await records.answers(id), await records.children(id)];
    const expected = await records.expectedChanges(id);
    if (options.json) {
      const more = {
        requestedBy,
        followUpOf: followUpOf ?? null,
        reason,
        receivedAt,
        decision: decision ?? null,
        plan: run.plan ?? null,
        outcome: run.outcome ?? null,
        expectedChanges: expected,
        answers,
        children: children.map((child) => child.requestId),
      };
      return terminal.say(JSON.stringify({ ...runRecord(run), ...more }, undefined, 2));
    }
    reportRun(run, terminal);
    terminal.say(`\nrequested by ${printable(requestedBy)} at ${receivedAt.toISOString()}: ${printable(reason)}`);
    if (followUpOf !== undefined) terminal.say(`follow-up of finding ${followUpOf}`);
    for (const line of familyLines(run, children)) terminal.say(line);
    if (run.heldIn)
      for (const line of reachedBounds(await records.bounds(), run.heldIn)) terminal.say(`held by ${line}`);
    if (decision) for (const line of decisionLines(decision, run)) terminal.say(line);
    for (const a of answers)
      terminal.say(
        `${a.findingId} answered by ${printable(a.reviewer)} at ${a.answeredAt.toISOString()}: ${a.status}${a.followUpRequestId ? ` ${a.followUpRequestId}` : ""}, ${printable(a.comment)}`,
      );
    for (const line of changeLines(run, expected)) terminal.say(line);
    terminal.say("\nsteps:");
    for (const line of stepLines(run)) terminal.say(`  ${line}`);
    const { underWay } = progressOf(run);
    const silence = underWay && silenceOf(underWay, await records.workers());
    if (silence !== undefined) terminal.say(terminal.style("yellow", `  ${silence}`));
  });
}

/** The text of a change, which people approve, and which is then committed or delivered. */
function changeLines({ status, plan }: Run, expected: ExpectedChange[]): string[] {
  const change = plan?.change;
  if (!change) return [];
  const done = change.reaches === "commit" ? "committed" : "delivered";
  const how = status === "succeeded" ? done : "planned";
  return [
    "",
    `the ${how} change of stack ${printable(change.stack)}: ${printable(change.why)}`,
    "",
    ...printableLines(change.text).trimEnd().split("\n"),
    ...(expected.length > 0 ? [""] : []),
    ...expected.map(expectedLine),
  ];
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

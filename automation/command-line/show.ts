import { printable } from "../printable";
import type { Decision, Run } from "../records";
import type { FindingEvent } from "../difference-records";
import type { CommandContext } from "./command-context";
import type { ExpectedChange } from "../fleet-records";
import { thingText } from "./drift-text";
import { expectedLine } from "./expected-changes";
import { answerLine, neededLines } from "./decision-report";
import { wrapped } from "./layout";
import { differencesListedMax } from "./limits";
import { withRecords } from "./open-records";
import { familyLines, progressOf, reachedBounds, reportRun, runRecord, silenceOf, stepLines } from "./run-report";
import type { Terminal } from "./terminal";
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
    const { requestedBy, reason, receivedAt, startedAt, finishedAt } = run;
    const followUpOf = await records.followedFinding(id);
    const [answers, children] = [await records.answers(id), await records.children(id)];
    const expected = await records.expectedChanges(id);
    const events = await records.findingEvents(id, differencesListedMax);
    if (options.json) {
      const more = {
        followUpOf: followUpOf ?? null,
        decision: decision ?? null,
        plan: run.plan ?? null,
        outcome: run.outcome ?? null,
        expectedChanges: expected,
        findings: events.map(findingRecord),
        answers,
        children: children.map((child) => child.requestId),
      };
      return terminal.json("show", { ...runRecord(run), ...more });
    }
    reportRun(run, terminal);
    terminal.say(`\nrequested by ${printable(requestedBy)} at ${receivedAt.toISOString()}: ${printable(reason)}`);
    if (startedAt)
      terminal.say(`began at ${startedAt.toISOString()}${finishedAt ? `, ended at ${finishedAt.toISOString()}` : ""}`);
    if (followUpOf !== undefined) terminal.say(`follow-up of finding ${followUpOf}`);
    for (const line of findingLines(events, terminal.columns)) terminal.say(line);
    for (const line of familyLines(run, children, terminal.columns)) terminal.say(line);
    if (run.heldIn)
      for (const line of reachedBounds(await records.bounds(), run.heldIn)) terminal.say(`held by ${line}`);
    if (decision) reportDecision(decision, run, terminal);
    for (const a of answers)
      terminal.say(
        `${a.findingId} answered by ${printable(a.reviewer)} at ${a.answeredAt.toISOString()}: ${a.status}${a.followUpRequestId ? ` ${a.followUpRequestId}` : ""}, ${printable(a.comment)}`,
      );
    reportChange(run, expected, terminal);
    if (run.plan?.text !== undefined) {
      terminal.say();
      terminal.exact(run.plan.text);
    }
    terminal.say("\nsteps:");
    for (const line of stepLines(run)) terminal.say(`  ${line}`);
    const { underWay } = progressOf(run);
    const silence = underWay && silenceOf(underWay, await records.workers());
    if (silence !== undefined) terminal.say(terminal.style("yellow", `  ${silence}`));
  });
}

const findingRecord = ({ id, what, difference: { name, severity, desired, actual } }: FindingEvent) => ({
  ...{ id, what, name, severity, desired, actual },
});

/** What became of findings: that one is closed is proven by the statement of the run. */
const findingLines = (events: FindingEvent[], columns?: number): string[] =>
  events.flatMap(({ id, what, difference }) =>
    wrapped(`${what} ${id}`, `(${difference.severity}) ${printable(thingText(difference))}`, "  ", columns),
  );

/** The text of a change, which people approve, and which is then committed or delivered. */
function reportChange({ status, plan }: Run, expected: ExpectedChange[], terminal: Terminal): void {
  const change = plan?.change;
  if (!change) return;
  const done = change.reaches === "commit" ? "committed" : "delivered";
  const how = status === "succeeded" ? done : "planned";
  terminal.say(`\nthe ${how} change of stack ${printable(change.stack)}: ${printable(change.why)}\n`);
  terminal.exact(change.text.trimEnd());
  if (expected.length > 0) terminal.say();
  for (const one of expected) terminal.say(expectedLine(one));
}

function reportDecision({ status, rules, needed, expiresAt, approvals }: Decision, run: Run, terminal: Terminal): void {
  // Several rules about one thing, such as copies of data, may have the same reason.
  const reasons = new Set(rules.map(({ reason }) => reason));
  terminal.say(`decision: ${status} (${printable([...reasons].join("; "))})`);
  for (const approval of approvals) terminal.say(answerLine(approval));
  if (run.status !== "waiting") return;
  terminal.say(`\nplan ${run.planDigest}, to be approved by ${expiresAt?.toISOString()}, by:`);
  for (const line of neededLines(needed)) terminal.say(line);
  terminal.exact(JSON.stringify(run.plan, undefined, 2));
}

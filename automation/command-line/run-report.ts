import type { Run } from "../records";
import { table, type Terminal } from "./terminal";

/** A run as machines get it. */
export function runRecord(run: Run): Record<string, unknown> {
  const { requestId: id, operation, target, status, cleanUp, verdict, checks, steps, planDigest, error, startedAt, finishedAt } = run;
  return { id, operation, database: target, status, verdict: verdict ?? null, cleanUp, checks, steps, planDigest: planDigest ?? null, error: error ?? null, startedAt: startedAt ?? null, finishedAt: finishedAt ?? null };
}

/** A run as people read it: what it was, how it ended, what was checked. */
export function reportRun(run: Run, terminal: Terminal): void {
  terminal.say(`${terminal.style("bold", run.operation)} of ${run.target ?? "?"}   request ${run.requestId}`);
  terminal.say(`run ${run.status}, verdict ${run.verdict ? verdictText(run.verdict, terminal) : "none yet"}, clean-up ${run.cleanUp}`);
  if (run.error) terminal.say(`${terminal.style("red", "error:")} ${run.error.message}${run.error.hint ? `\nhint:  ${run.error.hint}` : ""} [${run.error.code}]`);
  if (run.checks.length === 0) return;
  terminal.say();
  for (const line of table(["CHECK", "VERDICT", "WHAT WAS FOUND"], run.checks.map((c) => [c.name, c.verdict, c.explanation]))) terminal.say(line);
}

const colours = { pass: "green", fail: "red", inconclusive: "yellow" } as const;
export const verdictText = (verdict: keyof typeof colours, terminal: Terminal) => terminal.style(colours[verdict], verdict);

/** The steps of a run with their times, in the order in which they began. */
export function stepLines(run: Run): string[] {
  const steps = Object.entries(run.steps).sort(([, a], [, b]) => a.startedAt.localeCompare(b.startedAt));
  return steps.map(([name, s]) => `${s.status === "done" ? "✓" : s.status === "failed" ? "✗" : "…"} ${name}${s.finishedAt ? `  ${seconds(s.startedAt, s.finishedAt)}` : ""}${s.attempts > 1 ? `  (attempt ${s.attempts})` : ""}${s.error ? `  ${s.error}` : ""}`);
}

const seconds = (from: string, to: string) => `${((Date.parse(to) - Date.parse(from)) / 1000).toFixed(1)} s`;

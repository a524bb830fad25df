import { workerSilentSecondsMax } from "../limits";
import type { Run, StepRecord, WorkerRecord } from "../records";
import type { BoundState } from "../runner/places";
import { printable } from "../printable";
import type { Printed } from "./json/types";
import { workerSilenceShownSeconds } from "./limits";
import { entries, table } from "./layout";
import type { Terminal } from "./terminal";

/** A run for machines. */
export function runRecord(run: Run): Printed<"cancel"> {
  const {
    requestId: id,
    operation,
    requestedBy,
    reason,
    receivedAt,
    parent,
    target,
    status,
    cleanUp,
    verdict,
    checks,
    steps,
    planDigest,
    error,
    cleanUpError,
    startedAt,
    finishedAt,
  } = run;
  return {
    id,
    operation,
    requestedBy,
    reason,
    receivedAt,
    parent: parent ?? null,
    database: target ?? null,
    status,
    cleanUp,
    checks,
    steps,
    verdict: verdict ?? null,
    planDigest: planDigest ?? null,
    error: error ?? null,
    cleanUpError: cleanUpError ?? null,
    startedAt: startedAt ?? null,
    finishedAt: finishedAt ?? null,
  };
}

/** Where it belongs, if it is a child or has children. */
export function familyLines({ parent }: Run, children: Run[], columns?: number): string[] {
  return [
    ...(parent === undefined ? [] : [`requested by the run of ${parent} (\`npx shipshape show ${parent}\`)`]),
    ...(children.length === 0
      ? []
      : table(
          ["CHILD", "OPERATION", "DATABASE", "RUN", "VERDICT"],
          children.map((c) => [c.requestId, c.operation, printable(c.target ?? "?"), c.status, c.verdict ?? "-"]),
          columns,
        )),
  ];
}

/** Runs for people: when each was requested, by whom and why, and how far it is. */
export const runLines = (runs: Run[], terminal: Terminal): string[] =>
  entries(
    ["REQUEST              ", "REQUESTED (UTC) ", "RUN      ", "VERDICT     ", "CLEAN-UP"],
    runs.map((r) => ({
      cells: [r.requestId, minuteOf(r.receivedAt), r.status, r.verdict ? verdictText(r.verdict, terminal) : "-"],
      name: r.cleanUp,
      text: `${r.operation} of ${printable(r.target ?? "?")}, by ${printable(r.requestedBy)}: ${printable(r.reason)}`,
    })),
    terminal.columns,
  );

/** "2026-11-27 05:00", UTC. */
export const minuteOf = (at: Date): string => at.toISOString().slice(0, 16).replace("T", " ");

/** A run for people: what it was, how it ended, what was checked, and what to do next. */
export function reportRun(run: Run, terminal: Terminal): void {
  terminal.say(
    `${terminal.style("bold", run.operation)} of ${printable(run.target ?? "?")}   request ${run.requestId}`,
  );
  terminal.say(
    `run ${run.status}, verdict ${run.verdict ? verdictText(run.verdict, terminal) : "none"}, clean-up ${run.cleanUp}`,
  );
  for (const [what, error] of [
    ["error", run.error],
    ["clean-up", run.cleanUpError],
  ] as const) {
    if (error)
      terminal.say(
        `${terminal.style("red", `${what}:`)} ${printable(error.message)}${error.hint ? `\nhint:  ${printable(error.hint)}` : ""} [${printable(error.code)}]`,
      );
  }
  if (run.checks.length > 0) {
    terminal.say();
    for (const line of table(
      ["CHECK", "VERDICT", "RESULT"],
      run.checks.map((c) => [printable(c.name), c.verdict, printable(c.explanation)]),
      terminal.columns,
    ))
      terminal.say(line);
  }
  const next = nextStep(run);
  if (next) terminal.say(`\n${next}`);
}

/** What to do next. */
function nextStep({
  requestId,
  operation,
  status,
  verdict,
  cleanUp,
  error,
  heldAt,
  heldIn,
  planDigest = "",
}: Run): string | undefined {
  if (status === "waiting") return approvalHint(requestId, planDigest);
  if (cleanUp === "stuck")
    return `what the run created still exists: fix what blocks its removal, then \`npx shipshape clean-up ${requestId}\``;
  if (heldAt) return heldHint({ heldIn });
  if (cleanUp === "pending" || status === "queued" || status === "running")
    return `any running worker continues it (\`npx shipshape worker\`); \`npx shipshape show ${requestId}\` shows its progress`;
  if (verdict === undefined || error) return undefined; // an error has its own hint
  if (verdict !== "pass")
    return `what each verdict means, and what to do: docs/operations/${operation}.md, "When it goes wrong"`;
  return `the signed evidence: \`npx shipshape evidence export ${requestId} --out evidence-${requestId}\`, then \`npx shipshape evidence verify evidence-${requestId}\``;
}

/** Names the plan that was shown: people approve what they have read, not what came after it. */
export const approvalHint = (id: string, planDigest: string): string =>
  `it waits for approval: read its plan (\`npx shipshape show ${id}\`), then \`npx shipshape approve ${id} --plan ${planDigest.slice(0, 12)} --comment "…"\`, or \`reject\``;

/** What holds a run, and until when. */
export const heldHint = ({ heldIn }: Pick<Run, "heldIn">): string =>
  heldIn
    ? "it is held until another run ends, since a limit of runs at once is reached (`npx shipshape status` says which)"
    : "its operation is paused (`npx shipshape status` says why); it goes on when the pause ends";

/** The bounds that hold runs. */
export const reachedBounds = (bounds: BoundState[], scopes?: string[]): string[] =>
  bounds
    .filter((b) => b.running >= b.runsMax && b.held > 0 && (scopes?.includes(b.scope) ?? true))
    .map(
      (b) =>
        `${b.scope}: ${b.running} at once, at most ${b.runsMax}${b.isSet ? " (shipshape.yaml, limits)" : ""}; ${b.held} held`,
    );

const colours = { pass: "green", fail: "red", inconclusive: "yellow" } as const;
export const verdictText = (verdict: keyof typeof colours, terminal: Terminal) =>
  terminal.style(colours[verdict], verdict);

/** The steps of a run with their times, in the order in which they began. */
export const stepLines = (run: Run): string[] => stepsOf(run).map(([name, step]) => stepLine(name, step));

/** The steps that have ended and the current one, for a person who is watching. */
export function progressOf(run: Run): { ended: string[]; underWay: (StepRecord & { name: string }) | undefined } {
  const steps = stepsOf(run);
  const [name = "", step] = steps.findLast(([, { status }]) => status === "running") ?? [];
  return {
    ended: steps.filter(([, { status }]) => status !== "running").map(([n, s]) => stepLine(n, s)),
    underWay: step && { name, ...step },
  };
}

/** The current step, how much of it is done, and for how long it has been running. */
export const underWayLine = ({ name, share, startedAt }: StepRecord & { name: string }): string =>
  [
    `${marks.running} ${name}`,
    ...(share === undefined ? [] : [`${Math.floor(share * 100)} %`]),
    `${Math.floor(secondsSince(startedAt))} s`,
  ].join("  ");

/** Undefined if its worker is well: a step that nobody continues must not look as if it went on. */
export function silenceOf({ worker }: StepRecord, workers: WorkerRecord[]): string | undefined {
  if (worker === undefined) return undefined;
  const alive = workers.find(({ id }) => id === worker);
  if (!alive) return `worker ${worker} has ended in this step; another one continues it`;
  return alive.silentSeconds > workerSilenceShownSeconds
    ? `worker ${worker} has been silent for ${alive.silentSeconds.toFixed(0)} s; after ${workerSilentSecondsMax} s another one continues its runs`
    : undefined;
}

export const secondsSince = (at: string): number => Math.max(0, (Date.now() - Date.parse(at)) / 1000);

const stepsOf = (run: Run) => Object.entries(run.steps).sort(([, a], [, b]) => a.startedAt.localeCompare(b.startedAt));
const marks = { done: "✓", failed: "✗", running: "…" } as const;

function stepLine(name: string, { status, startedAt, finishedAt, attempts, error, share }: StepRecord): string {
  if (status === "running")
    return underWayLine({ name, status, startedAt, attempts, ...(share !== undefined && { share }) });
  const took = finishedAt ? `  ${((Date.parse(finishedAt) - Date.parse(startedAt)) / 1000).toFixed(1)} s` : "";
  return `${marks[status]} ${name}${took}${attempts > 1 ? `  (attempt ${attempts})` : ""}${error ? `  ${printable(error)}` : ""}`;
}

/** Pure: what a train is doing now, or waits for, and until when: people on call must see why it does not go on. */
import { haltedSecondsMax, warmUpSecondsMax } from "../operations/ringed-patch/limits";
import { secondsUntilOpen } from "../operations/ringed-patch/windows";
import { printable } from "../printable";
import type { Run, WorkerRecord } from "../records";
import type { Train, TrainRing } from "../train-records";
import { patchesUnderWayMax } from "./limits";
import { approvalHint, heldHint, minuteOf, progressOf, silenceOf } from "./run-report";

/** As far as the plan of a train is read here. */
export interface WatchedPlan {
  window?: string | null;
  comparesLoad?: boolean;
  rings?: { number: number; bakeSeconds: number; databases: unknown[] }[];
}

export interface TrainNow {
  run: Run;
  train: Train;
  /** The requests of its databases. */
  children: readonly Run[];
  workers: WorkerRecord[];
  now: Date;
}

/** Nothing, once it has ended. */
export function trainNow({ run, train, children, workers, now }: TrainNow): string[] {
  if (run.finishedAt) return [];
  if (run.status === "waiting") return [approvalHint(run.requestId, run.planDigest ?? "")];
  const lines = ringNow({ run, train, children, workers, now });
  if (run.heldAt) lines.push(heldHint(run));
  const ring = currentRing(train);
  const waitsForPeople = ring?.state === "halted" && children.every(({ finishedAt }) => finishedAt);
  if (workers.length === 0 && !waitsForPeople)
    lines.push("no worker is alive, so nothing goes on: start one (`npx shipshape worker`)");
  return lines;
}

const currentRing = ({ rings }: Train): TrainRing | undefined => rings.find(({ state }) => state !== "promoted");

function ringNow(about: TrainNow): string[] {
  const { run, train, now } = about;
  const plan = (run.plan ?? {}) as WatchedPlan;
  const ring = currentRing(train);
  if (!ring) return [train.rings.length === 0 ? "it has not begun" : "every ring is promoted, and its end is recorded"];
  if (ring.state === "baking") return watching(about, plan, ring);
  const open = underWay(about);
  if (ring.state === "halted")
    return [
      `ring ${ring.number} waits for people, until ${minuteOf(after(ring, haltedSecondsMax))} UTC at most; then the train ends`,
      ...open,
    ];
  if (ring.state !== "patching") return [`ring ${ring.number} is ${ring.state}`];
  const openCount = about.children.filter(({ finishedAt }) => !finishedAt).length;
  const left = notBegun(about, ring.number, openCount);
  const opensInSeconds = secondsUntilOpen(plan.window ?? null, now);
  const opensAt = minuteOf(new Date(now.getTime() + opensInSeconds * 1000));
  return [
    `ring ${ring.number} is being patched: ${openCount} under way, ${left} not begun`,
    ...(left > 0 && opensInSeconds > 0
      ? [`no patch begins before the window ${plan.window} opens, at ${opensAt} UTC`]
      : []),
    ...open,
  ];
}

/** Of those that people have not skipped: what is neither patched nor under way. */
function notBegun({ train, children }: TrainNow, ring: number, openCount: number): number {
  const passed = new Set(children.filter(({ verdict }) => verdict === "pass").map(({ requestId }) => requestId));
  const wanted = train.databases.filter((one) => one.ring === ring && one.waiver === null);
  return Math.max(0, wanted.filter(({ turnOf }) => turnOf === null || !passed.has(turnOf)).length - openCount);
}

/** What is slower at the end of the watch is watched for as long again: the step of that comparison says so. */
function watching({ run, workers, now }: TrainNow, plan: WatchedPlan, ring: TrainRing): string[] {
  const seconds = plan.rings?.find(({ number }) => number === ring.number)?.bakeSeconds ?? 0;
  const warmUp = Math.min(warmUpSecondsMax, seconds / 2);
  const isOver = (end: Date) => end <= now;
  const first = after(ring, seconds);
  if (!isOver(first))
    return [
      `ring ${ring.number} is watched until ${minuteOf(first)} UTC (${left(first, now)}); then its health gate decides${plan.comparesLoad ? ", which compares its load with that before, too" : ""}`,
    ];
  const second = after(ring, 2 * seconds - warmUp);
  if (plan.comparesLoad && hasCompared(run, ring) && !isOver(second))
    return [
      `ring ${ring.number}: the load of some of it was worse than before. They are watched again until ${minuteOf(second)} UTC (${left(second, now)}); what is worse again halts the train`,
    ];
  const step = progressOf(run).underWay;
  const silence = step && silenceOf(step, workers);
  const asked = step ? `: ${printable(step.name)}${step.attempts > 1 ? `, attempt ${step.attempts}` : ""}` : "";
  return [`ring ${ring.number} was watched, and its health gate is asked${asked}`, ...(silence ? [silence] : [])];
}

/** Since it is watched this time: a resumed ring is compared again. */
const hasCompared = ({ steps }: Run, { since }: TrainRing): boolean =>
  Object.entries(steps).some(
    ([name, { startedAt, status }]) =>
      name.startsWith("compare the load since: warm") && status === "done" && Date.parse(startedAt) >= since.getTime(),
  );

/** Each patch that has not ended, with its step, or what it waits for. */
function underWay({ train, children, workers }: TrainNow): string[] {
  const open = children.filter(({ finishedAt }) => !finishedAt);
  const isHalted = currentRing(train)?.state === "halted";
  const hasTurn = new Set(train.databases.map(({ turnOf }) => turnOf));
  const lines = open.slice(0, patchesUnderWayMax).map((run) => {
    const ends = hasTurn.has(run.requestId) ? "it is patched to its end" : "it does not get its turn";
    return `${printable(run.target ?? "?")}: ${doing(run, workers)}${isHalted ? `; ${ends}` : ""}`;
  });
  if (open.length > lines.length) lines.push(`and ${open.length - lines.length} more`);
  return lines;
}

function doing(run: Run, workers: WorkerRecord[]): string {
  if (run.status === "waiting") return approvalHint(run.requestId, run.planDigest ?? "");
  if (run.heldAt) return heldHint(run);
  const step = progressOf(run).underWay;
  if (!step) return `${run.status} (\`npx shipshape show ${run.requestId}\`)`;
  const silence = silenceOf(step, workers);
  const again = step.attempts > 1 ? `, attempt ${step.attempts}` : "";
  return `${printable(step.name)}, since ${minuteOf(new Date(step.startedAt))} UTC${again}${silence ? `; ${silence}` : ""}`;
}

const after = ({ since }: TrainRing, seconds: number): Date => new Date(since.getTime() + seconds * 1000);

function left(end: Date, now: Date): string {
  const seconds = Math.ceil((end.getTime() - now.getTime()) / 1000);
  return seconds < 120 ? `${seconds} s` : `${Math.ceil(seconds / 60)} minutes`;
}

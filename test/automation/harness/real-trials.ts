/**
 * An operation on the real engine and the embedded cloud, with one step disturbed, and what must come of it. The harness
 * in memory (every-step.test.ts) knows more about each end, and takes seconds.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { RegisteredOperation } from "../../../automation/operations/registry";
import type { Run } from "../../../automation/records";
import { isOver, nothingLeft, type DrillCloud } from "../drill-cloud";
import { disturbedWorker, type DisturbedWorker } from "./disturbed-worker";
import { allSteps, type Steps } from "./order-of-steps";

/** `kill`: two workers, one before the step and one after its effect and before its record. */
export const ways = ["kill", "fail", "cancel", "expire", "cut"] as const;
export type Way = (typeof ways)[number];

export interface Trial {
  step: string;
  way: Way;
  /** Broken promises. */
  problems: string[];
  seconds: number;
}

export interface Tried {
  drills: DrillCloud;
  operation: RegisteredOperation;
  database: string;
  steps: Steps;
}

interface End {
  status: Run["status"];
  verdict: Run["verdict"];
  cleanUp: Run["cleanUp"];
  statements: string[];
}

/** Of a worker that has lost its session (worker-session-lost). */
const sessionLostExitCode = 70;

/** How long the engines and plugins of a killed worker may still run. */
const orphanSecondsMax = 60;

/** How the operation ends undisturbed. */
export async function undisturbed({ drills, operation, database }: Tried): Promise<End> {
  const id = await drills.trialOf(operation.name, database);
  const worker = drills.startWorker();
  await drills.over(id);
  await worker.end("SIGTERM");
  const { verdict, error } = await drills.run(id);
  if (verdict === "pass") return endOf(drills, id);
  throw new Error(`${operation.name} fails undisturbed: ${JSON.stringify(error ?? verdict)}`);
}

/** The trials of an operation: a throwaway expires only while the run has one. */
export const trialsOf = ({ operation, steps }: Tried, chosen: readonly Way[]): [string, Way][] =>
  chosen.flatMap((way) =>
    (way === "expire" ? (operation.effect === "throwaway" ? steps.run : []) : allSteps(steps)).map(
      (step): [string, Way] => [step, way],
    ),
  );

export async function tryOut(tried: Tried, calm: End, step: string, way: Way): Promise<Trial> {
  const { drills, operation, database } = tried;
  const began = Date.now();
  const id = await drills.trialOf(operation.name, database, step);
  const problems = await (way === "kill" || way === "cut"
    ? replaced(tried, id, step, way)
    : disturbedOnce(tried, id, step, way));
  const [found, wanted] = [await endOf(drills, id), wantedEnd(tried, calm, step, way)];
  if (JSON.stringify(found) !== JSON.stringify(wanted))
    problems.push(`it ended as ${JSON.stringify(found)}, not as ${JSON.stringify(wanted)}`);
  const restores = await drills.callsTaken("RestoreDBInstanceToPointInTime", drills.restoredAs(id));
  if (restores > 1) problems.push(`it was restored ${restores} times`);
  problems.push(...(await leftBehind(drills)));
  return { step, way, problems, seconds: (Date.now() - began) / 1000 };
}

/** Workers end in the step, and others continue the run. */
async function replaced(
  { drills, operation, steps }: Tried,
  id: string,
  step: string,
  way: "kill" | "cut",
): Promise<string[]> {
  const problems: string[] = [];
  const [moments, end] =
    way === "kill" ? [[`before ${step}`, `in ${step}`], "SIGKILL"] : [[`cut ${step}`], sessionLostExitCode];
  for (const moment of moments) {
    const worker = disturbedWorker(drills, operation.name, moment);
    const how = await Promise.race([worker.ended, drills.over(id).then(() => "the run" as const)]);
    if (how === end) continue;
    problems.push(`no worker ended ${moment}: ${how} ended first`);
    await stopped(worker);
  }
  const worker = drills.startWorker();
  const run = await drills.over(id);
  await worker.end("SIGTERM");
  for (const name of allSteps(steps)) {
    const [attempts, wanted] = [run.steps[name]?.attempts, name === step ? moments.length + 1 : 1];
    if (attempts !== wanted) problems.push(`"${name}" was tried ${attempts} times, not ${wanted}`);
  }
  return problems;
}

async function disturbedOnce(
  { drills, operation, steps }: Tried,
  id: string,
  step: string,
  way: Exclude<Way, "kill" | "cut">,
): Promise<string[]> {
  const problems: string[] = [];
  const isCleanUp = steps.cleanUp.includes(step);
  const worker = disturbedWorker(drills, operation.name, `${way} ${step}`);
  if (way === "cancel") {
    const isReached = () => worker.stderr().includes(`cancel ${step}\n`);
    await drills.until(`"${step}" is reached`, async () => isReached() || isOver(await drills.run(id)));
    if (!isReached()) problems.push(`"${step}" was not reached`);
    const { code, stderr } = await drills.shipshape("cancel", id);
    if (code !== (isCleanUp ? 2 : 0)) problems.push(`cancelling ended with ${code}: ${stderr}`);
  }
  const run = await drills.over(id);
  await stopped(worker);
  const reached = run.steps[step]?.status;
  if (way === "fail" && reached !== "failed") problems.push(`"${step}" should have failed; it is ${reached}`);
  if (way === "cancel" && !isCleanUp && run.error?.code !== "run-cancelled")
    problems.push(`the error is ${run.error?.code}`);
  if (way === "expire" && run.error?.code !== "run-overdue") problems.push(`the error is ${run.error?.code}`);
  if (way === "fail" && isCleanUp) {
    if (run.cleanUp !== "stuck") problems.push(`the clean-up is ${run.cleanUp}, not stuck`);
    const again = await drills.shipshape("clean-up", id, "--work");
    if (again.code !== 0) problems.push(`cleaning up again ended with ${again.code}: ${again.stderr}`);
  }
  return problems;
}

async function stopped({ process, ended }: DisturbedWorker): Promise<void> {
  process.kill("SIGTERM");
  await ended;
}

function wantedEnd({ steps }: Tried, calm: End, step: string, way: Way): End {
  if (way === "kill" || way === "cut" || steps.cleanUp.includes(step)) return calm;
  const cleanUp = steps.observe.includes(step) ? "none" : calm.cleanUp;
  return {
    ...(way === "fail" ? { status: "failed", verdict: "inconclusive" } : { status: "cancelled", verdict: undefined }),
    cleanUp,
    statements: cleanUp === "none" ? ["verdict"] : ["teardown", "verdict"],
  };
}

async function endOf(drills: DrillCloud, id: string): Promise<End> {
  const { status, verdict, cleanUp } = await drills.run(id);
  return { status, verdict, cleanUp, statements: (await drills.statements(id)).sort() };
}

async function leftBehind(drills: DrillCloud): Promise<string[]> {
  for (const deadline = Date.now() + orphanSecondsMax * 1000; ; await sleep(200)) {
    const left = await drills.leftovers();
    if (JSON.stringify(left) === JSON.stringify(nothingLeft)) return [];
    if (Date.now() > deadline) return [`left behind: ${JSON.stringify(left)}`];
  }
}

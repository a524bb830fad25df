/**
 * Carries out queued requests: `tsx queue-worker.ts <subject> <database url> <queued> <carried out> <postmaster's pid>`.
 * It queues that many, begins, and prints what it took from the end of the first ones, by when everything is loaded,
 * until that many more have ended. If none are queued, it is idle for a while; if one is, it is queued when the worker
 * has been idle.
 */
import { execFile } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import type { Taken } from "./measure";
import { cpuSecondsOfFamily } from "./process-tree";
import { subjects, type Subject, type SubjectName } from "./queue-subjects";

/** Of the requests that were carried out. */
export interface Carried extends Taken {
  cpuSeconds: number;
  /** From the worker's start, when all were queued, to the end of half of them, and of 99 in a hundred. */
  halfSeconds: number;
  mostSeconds: number;
  /** The worker's memory at its highest. */
  memoryBytes: number;
  /** What a request leaves in the database. */
  databaseBytes: number;
}

const [which = "", url = "", queued = "", carriedOut = "", postmaster = "", role = "worker"] = process.argv.slice(2);
const idleSeconds = 20;
/** Ended before anything is measured: a worker loads and compiles its code with them. */
const warmUp = 20;

const cpu = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6 + cpuSecondsOfFamily(Number(postmaster));
};

async function main(): Promise<unknown> {
  process.noDeprecation = true;
  const subject = await subjects[which as SubjectName](url);
  if (role === "client") return enqueue(subject, Number(queued));
  return Number(queued) < 2 ? resting(subject) : busy(subject);
}

async function enqueue(subject: Subject, count: number): Promise<void> {
  const names = Array.from({ length: count }, (_, i) => `database-${i}`);
  while (names.length > 0) await Promise.all(names.splice(0, 8).map((name) => subject.queue(name)));
}

async function resting(subject: Subject): Promise<Taken> {
  await subject.begin();
  await sleep(queued === "0" ? 65_000 : 5000); // the durable engine looks more often in its first minute
  const [began, cpuBefore] = [performance.now(), cpu()];
  if (queued === "0") await sleep(idleSeconds * 1000);
  else await enqueue(subject, 1);
  while ((await subject.ended()).length < Number(carriedOut)) await sleep(2);
  return { seconds: (performance.now() - began) / 1000, cpuSeconds: cpu() - cpuBefore };
}

async function busy(subject: Subject): Promise<Carried> {
  const bytesBefore = await subject.databaseBytes();
  // By another process, so that this one's memory is a worker's.
  await promisify(execFile)(process.execPath, [...process.execArgv, ...process.argv.slice(1, 7), "client"]);
  const startedAt = Date.now();
  await subject.begin();
  const until = async (count: number) => {
    for (;;) {
      const ended = await subject.ended();
      if (ended.length >= count) return ended;
      await sleep(200); // it reads every run, which counts as work of the database
    }
  };
  const before = (await until(warmUp)).length;
  const [began, cpuBefore] = [performance.now(), cpu()];
  // Most may have ended before the first look, on a quiet machine.
  const ended = await until(Math.min(before + Number(carriedOut), Number(queued)));
  const [seconds, cpuSeconds] = [(performance.now() - began) / 1000, cpu() - cpuBefore];
  const share = (of: number) => (ended[Math.ceil(ended.length * of) - 1]! - startedAt) / 1000;
  const perRequest = Number(carriedOut) / (ended.length - before); // some more may have ended
  await subject.compact();
  return {
    seconds: seconds * perRequest,
    cpuSeconds: cpuSeconds * perRequest,
    halfSeconds: share(0.5),
    mostSeconds: share(0.99),
    memoryBytes: process.resourceUsage().maxRSS * 1024,
    databaseBytes: ((await subject.databaseBytes()) - bytesBefore) / Number(queued),
  };
}

void main().then((taken) => {
  process.stdout.write(`${JSON.stringify(taken ?? null)}\n`);
  process.exit(0);
});

/**
 * Pure: whether a database is slower, or refuses more, than before its patch, by PostgreSQL's own counters. Each query
 * is compared with itself, so the statistic is one of pairs: Wilcoxon's signed ranks. What is too little is no pass.
 */
import type { LoadSample, TakenSample } from "../../load-records";
import type { GateVerdict, Probe } from "../../train-records";
import * as limits from "./limits";

/** Of one database; `before` is of all time before the patch, the others begin and end the watch. */
export interface WatchedLoad {
  before: TakenSample | undefined;
  from: TakenSample | undefined;
  to: TakenSample | undefined;
}

type Judged = Omit<Probe, "name">;

/** "query-times" and "rollbacks" of one database; one probe, if a sample could not be taken. */
export function comparedLoad({ before, from, to }: WatchedLoad): Probe[] {
  const samples = { before, "after the warm-up": from, "at the end": to };
  for (const [moment, sample] of Object.entries(samples)) {
    if (sample === undefined) return [one("load", "inconclusive", `it was not looked at ${moment}`)];
    if ("failure" in sample) return [one("load", "error", `${moment}: ${sample.failure}`)];
  }
  const [was, began, ended] = [before, from, to] as [LoadSample, LoadSample, LoadSample];
  return [
    { name: "query-times", ...queryTimes(was, began, ended) },
    { name: "rollbacks", ...rollbacks(was, began, ended) },
  ];
}

const one = (name: string, verdict: GateVerdict, explanation: string): Probe => ({ name, verdict, explanation });

function queryTimes(before: LoadSample, from: LoadSample, to: LoadSample): Judged {
  if (!before.statements || !from.statements || !to.statements)
    return {
      verdict: "inconclusive",
      explanation: "the extension pg_stat_statements is not in it: no query is counted",
    };
  const ratios: number[] = [];
  let restarted = 0;
  for (const [id, [calls, milliseconds]] of Object.entries(to.statements)) {
    const [was, began] = [before.statements[id], from.statements[id] ?? [0, 0]];
    // Less than at the last look: it was counted from zero since then, which is no improvement.
    if (calls < began[0] || milliseconds < began[1]) restarted++;
    else if (was && was[0] >= limits.queryCallsMin && calls - began[0] >= limits.queryCallsMin)
      ratios.push((milliseconds - began[1]) / (calls - began[0]) / (was[1] / was[0]));
  }
  const usable = ratios.filter((ratio) => Number.isFinite(ratio) && ratio > 0).sort((a, b) => a - b);
  const again = restarted > 0 ? `; ${restarted} were counted from zero meanwhile` : "";
  if (usable.length < limits.comparedQueriesMin)
    return {
      verdict: "inconclusive",
      explanation: `${usable.length} queries ran ${limits.queryCallsMin} times both before and while it was watched, ${limits.comparedQueriesMin} are needed${again}`,
    };
  const median = usable[Math.floor(usable.length / 2)]!;
  const p = slowerByChance(usable);
  const isSlower = median > limits.slowerRatioMin && p < limits.chanceMax;
  return {
    verdict: isSlower ? "fail" : "pass",
    explanation: `${usable.length} queries take ${median.toFixed(2)} times as long as before (median; p ${p < 0.001 ? "below 0.001" : `= ${p.toFixed(3)}`})${again}`,
  };
}

/** The chance that ratios like these come of queries that are as fast as before: signed ranks, one-sided. */
export function slowerByChance(ratios: readonly number[]): number {
  const logs = ratios.map(Math.log).filter((log) => log !== 0);
  logs.sort((a, b) => Math.abs(a) - Math.abs(b));
  const n = logs.length;
  if (n === 0) return 1;
  const slower = logs.reduce((sum, log, at) => sum + (log > 0 ? at + 1 : 0), 0);
  const [mean, variance] = [(n * (n + 1)) / 4, (n * (n + 1) * (2 * n + 1)) / 24];
  return upperTail((slower - mean - 0.5) / Math.sqrt(variance));
}

function rollbacks(before: LoadSample, from: LoadSample, to: LoadSample): Judged {
  const [done, failed] = [to.commits - from.commits, to.rollbacks - from.rollbacks];
  if (done < 0 || failed < 0)
    return { verdict: "inconclusive", explanation: "its counters began at zero while it was watched" };
  const [all, allBefore] = [done + failed, before.commits + before.rollbacks];
  if (all < limits.transactionsMin || allBefore < limits.transactionsMin)
    return {
      verdict: "inconclusive",
      explanation: `${Math.min(all, allBefore)} transactions were counted, ${limits.transactionsMin} are needed`,
    };
  const [now, was] = [failed / all, before.rollbacks / allBefore];
  const pooled = (failed + before.rollbacks) / (all + allBefore);
  const deviation = Math.sqrt(pooled * (1 - pooled) * (1 / all + 1 / allBefore));
  const isMore = now - was > limits.rollbackShareMoreMin && upperTail((now - was) / deviation) < limits.chanceMax;
  const crashed = from.commits < before.commits ? "; they began at zero: the server had not stopped cleanly" : "";
  return {
    verdict: isMore ? "fail" : "pass",
    explanation: `${percent(now)} of ${all} transactions were rolled back, ${percent(was)} before${crashed}`,
  };
}

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

/** Of the normal distribution above z, by Abramowitz and Stegun 26.2.17: wrong by 7.5e-8 at most. */
function upperTail(z: number): number {
  if (z < 0) return 1 - upperTail(-z);
  const t = 1 / (1 + 0.2316419 * z);
  const series = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * series;
}

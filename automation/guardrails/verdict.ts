import type { Rule } from "../../policypacks/database-guardrails/judging/rule";
import type { UnreachableLocation } from "../fleet-records";
import type { BaselineEntry } from "../../policypacks/database-guardrails/baseline/baseline";
import type { LocatedFinding } from "./judgement";
import type { Problem } from "./problem";

/** Everything that `shipshape guard` reports, for any output format. */
export interface Verdict {
  /** Those that were applied. */
  rules: readonly Rule[];
  findings: LocatedFinding[];
  problems: Problem[];
  /** "3 states with 231 resources", "12 databases in eu-central-1". */
  judged: string;
  /** For live databases: each cloud, account and Region that answered. */
  queriedClouds?: string[];
  /** Those that did not: their databases were not judged. */
  unreachable?: UnreachableLocation[];
  /** What exists but was not judged, and rules that could not be applied here. */
  left: string[];
  /** What a baseline no longer needs; undefined without one. */
  baseline?: { file: string; gone: BaselineEntry[]; left: BaselineEntry[] };
  /** Whether findings are from several files, so that each names its file. */
  severalFiles: boolean;
}

/**
 * 2: something could not be read. 1: mandatory violations and, if requested, undecided findings. 0: neither, whatever
 * the warnings.
 */
export function exitCodeOf({ findings, problems, unreachable = [] }: Verdict, failOnUndecided = false): 0 | 1 | 2 {
  if (problems.length > 0 || unreachable.length > 0) return 2;
  return findings.some(({ level, kind }) => level === "mandatory" || (failOnUndecided && kind === "undecided")) ? 1 : 0;
}

/** Worst first: what stops a change, by severity, then by name. */
export function ordered(findings: readonly LocatedFinding[]): LocatedFinding[] {
  const rank = ({ level, severity }: LocatedFinding) =>
    (level === "mandatory" ? 0 : 10) + ["critical", "high", "medium", "low"].indexOf(severity);
  return [...findings].sort(
    (a, b) => rank(a) - rank(b) || compare(a.urn, b.urn) || compare(a.rule, b.rule) || compare(a.message, b.message),
  );
}

export interface Counts {
  mandatory: number;
  advisory: number;
  waived: number;
  /** Violations that the baseline has. */
  baseline: number;
  undecided: number;
}
export function countsOf(findings: readonly LocatedFinding[]): Counts {
  const count = (is: (finding: LocatedFinding) => boolean) => findings.filter(is).length;
  return {
    mandatory: count(({ level }) => level === "mandatory"),
    advisory: count(({ kind, level }) => kind === "violation" && level === "advisory"),
    waived: count(({ kind }) => kind === "waived"),
    baseline: count(({ kind }) => kind === "baseline"),
    undecided: count(({ kind }) => kind === "undecided"),
  };
}

const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);

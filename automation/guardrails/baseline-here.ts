/** The baseline that holds here, and what it no longer needs. */
import { Baseline, type BaselineEntry } from "../../policypacks/database-guardrails/baseline/baseline";
import { readBaseline } from "../../policypacks/database-guardrails/baseline/baseline-file";
import type { LocatedFinding } from "./judgement";
import type { Problem } from "./problem";
import type { Verdict } from "./verdict";

export class BaselineHere {
  readonly problems: Problem[];
  private readonly baseline: Baseline;

  /** Without a file, nothing is in the baseline; a broken one is a problem, and has nothing either. */
  constructor(
    private readonly file: string | undefined,
    today: string,
  ) {
    const { entries, problems } = file === undefined ? { entries: [], problems: [] } : readBaseline(file, today);
    this.problems = problems.map((one) => ({ code: "baseline-invalid", file: file ?? "", ...one }));
    this.baseline = new Baseline(entries, today);
  }

  apply(findings: readonly LocatedFinding[]): LocatedFinding[] {
    return this.baseline.apply(findings);
  }

  gone(findings: readonly LocatedFinding[], wasJudged: (entry: BaselineEntry) => boolean): Pick<Verdict, "baseline"> {
    if (this.file === undefined || this.problems.length > 0) return {};
    const gone = this.baseline.gone(findings, wasJudged);
    return {
      baseline: { file: this.file, gone, left: this.baseline.entries.filter((entry) => !gone.includes(entry)) },
    };
  }
}

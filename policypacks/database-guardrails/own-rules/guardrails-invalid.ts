import { problemsShownMax } from "./limits";

export interface GuardrailsProblem {
  file: string;
  line?: number | undefined;
  reason: string;
}

/** Thrown for guardrails of a company's own that cannot be used, with everything that is wrong with them. */
export class GuardrailsInvalid extends Error {
  constructor(readonly problems: readonly GuardrailsProblem[]) {
    const shown = problems
      .slice(0, problemsShownMax)
      .map(({ file, line, reason }) => `\n  ${file}${line === undefined ? "" : `:${line}`}: ${reason}`);
    const rest = problems.length > problemsShownMax ? `\n  and ${problems.length - problemsShownMax} more` : "";
    super(`the company's own guardrails cannot be used:${shown.join("")}${rest}`);
  }
}

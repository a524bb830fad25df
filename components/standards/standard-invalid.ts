export interface StandardProblem {
  /** Of the file that it was read from. */
  line?: number;
  path: string;
  reason: string;
}

/** Problems in one message: enough to start with. */
const problemsShownMax = 30;

/** Thrown for a standard that cannot be used, with everything that is wrong with it. */
export class StandardInvalid extends Error {
  constructor(
    /** The file, or what else gave it. */
    readonly source: string,
    readonly problems: readonly StandardProblem[],
  ) {
    const shown = problems.slice(0, problemsShownMax);
    super(
      `${source}: this standard cannot be used${shown
        .map(({ line, path, reason }) => `\n  ${line === undefined ? "" : `line ${line}: `}${path}: ${reason}`)
        .join("")}${problems.length > shown.length ? `\n  and ${problems.length - shown.length} more` : ""}`,
    );
  }
}

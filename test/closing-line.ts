/** What Jest counts, as far as the closing line needs it. */
export interface Counts {
  numPassedTests: number;
  numFailedTests: number;
  numRuntimeErrorTestSuites: number;
  numPendingTests: number;
  numTodoTests: number;
}

/** A Jest reporter that prints the last line of a run, which machines read: `N passed, N failed`, and how many were skipped if any were. */
export default class ClosingLine {
  onRunComplete(_contexts: unknown, counts: Counts): void {
    process.stdout.write(`${closingLine(counts)}\n`);
  }
}

/** A file that could not even be loaded has no failed tests, and must not look like success. */
export function closingLine(counts: Counts): string {
  const failed = counts.numFailedTests + counts.numRuntimeErrorTestSuites;
  const skipped = counts.numPendingTests + counts.numTodoTests;
  return `${counts.numPassedTests} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}

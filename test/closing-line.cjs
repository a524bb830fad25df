// Jest loads its reporters as they are, hence plain JavaScript.
"use strict";

/**
 * Prints the last line of a test run, which machines parse: `N passed, N failed`, and how many were skipped if any
 * were.
 */
class ClosingLine {
  onRunComplete(_contexts, counts) {
    // Jest's own summary comes after all reporters; the end of the process comes after that.
    process.once("exit", () => process.stdout.write(`${closingLine(counts)}\n`));
  }
}

/** A file that could not even be loaded has no failed tests, and must not look like success. */
function closingLine(counts) {
  const failed = counts.numFailedTests + counts.numRuntimeErrorTestSuites;
  const skipped = counts.numPendingTests + counts.numTodoTests;
  return `${counts.numPassedTests} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}

module.exports = ClosingLine;
module.exports.closingLine = closingLine;

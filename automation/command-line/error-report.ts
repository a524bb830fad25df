import { CodedError } from "../error-table";
import { describeError, reasonOf } from "../errors";
import { printableLines } from "../printable";
import type { Terminal } from "./terminal";

/**
 * Prints message, hint and code, in the order a person reads them. Machines get the same as one line of JSON. Returns
 * the exit code.
 */
export function reportError(thrown: unknown, asJson: boolean, terminal: Terminal): number {
  const known = thrown instanceof CodedError;
  if (asJson) process.stderr.write(`${JSON.stringify(known ? thrown : { error: describeError(thrown) })}\n`);
  else if (known)
    process.stderr.write(
      `${terminal.style("red", "error:")} ${printableLines(thrown.message)}\n${terminal.style("dim", "hint:")}  ${printableLines(thrown.hint)} [${thrown.code}]\n`,
    );
  // A bug of ours: a report needs the stack.
  else
    process.stderr.write(
      `${terminal.style("red", "unexpected:")} ${printableLines(thrown instanceof Error ? (thrown.stack ?? thrown.message) : reasonOf(thrown))}\n`,
    );
  return known ? thrown.exitCode : 1;
}

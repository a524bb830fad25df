import { CodedError } from "../error-table";
import { describeError, reasonOf } from "../errors";
import type { Terminal } from "./terminal";

/**
 * Prints message, hint and code, in the order a person reads them. Machines get the same as one line of JSON. Returns
 * the exit code.
 */
export function reportError(thrown: unknown, asJson: boolean, terminal: Terminal): number {
  const known = thrown instanceof CodedError;
  if (asJson) process.stderr.write(`${JSON.stringify(known ? thrown : { error: describeError(thrown) })}\n`);
  else if (known)
    terminal.complain(
      `${terminal.style("red", "error:")} ${thrown.message}\n${terminal.style("dim", "hint:")}  ${thrown.hint} [${thrown.code}]`,
    );
  // A bug of ours: a report needs the stack.
  else
    terminal.complain(
      `${terminal.style("red", "unexpected:")} ${thrown instanceof Error ? (thrown.stack ?? thrown.message) : reasonOf(thrown)}`,
    );
  return known ? thrown.exitCode : 1;
}

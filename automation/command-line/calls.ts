import { awsCalls, type AwsCall } from "../targets/aws-calls";
import type { Terminal } from "./terminal";

/** `--verbose`: a line for each AWS call of this process, when it has ended. */
export function showCalls(terminal: Terminal): void {
  awsCalls.subscribe((call) => {
    const { name, host, milliseconds, failure } = call as AwsCall;
    const outcome = failure === undefined ? "" : `, failed: ${failure}`;
    terminal.progress(`${new Date().toISOString()} ${name} at ${host}: ${milliseconds.toFixed(0)} ms${outcome}`);
  });
}

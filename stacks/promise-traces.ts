/** A part of the SDK that it does not declare. */
interface Debuggable {
  debuggablePromise?: (...given: unknown[]) => unknown;
  debugPromiseLeaks?: boolean;
}

/**
 * Lets the SDK note no stack trace for each of its thousands of promises, which takes an eighth of a preview. It only
 * shows them to those who search for a promise that is never settled, with PULUMI_DEBUG_PROMISE_LEAKS: they still get
 * them, and so does every error.
 */
export function leaveOutPromiseTraces(): void {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- an import would be a copy, which the SDK does not use
  const debuggable = require("@pulumi/pulumi/runtime/debuggable") as Debuggable;
  const { debuggablePromise, debugPromiseLeaks } = debuggable;
  if (debuggablePromise === undefined || debugPromiseLeaks) return;
  debuggable.debuggablePromise = (...given) => {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    try {
      return debuggablePromise(...given);
    } finally {
      Error.stackTraceLimit = stackTraceLimit;
    }
  };
}

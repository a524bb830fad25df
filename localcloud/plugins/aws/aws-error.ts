/**
 * AWS's own error code (`DBInstanceNotFoundFault` and `DBInstanceNotFound` are the same), or undefined for anything
 * else.
 */
export function errorCode(error: unknown): string | undefined {
  const name = error instanceof Error ? error.name : undefined;
  return name?.replace(/Fault$/, "").replace(/Exception$/, "");
}

export const isError = (error: unknown, ...codes: string[]): boolean => codes.includes(errorCode(error) ?? "");

/**
 * Says what was being done, as the official provider does:
 * `creating RDS DB Instance (orders): DBInstanceAlreadyExists: …`.
 */
export async function attempt<Result>(what: string, action: () => Promise<Result>): Promise<Result> {
  try {
    return await action();
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    throw new Error(`${what}: ${name === "Error" || name === "TypeError" ? "" : `${name}: `}${message}`, {
      cause: error,
    });
  }
}

/** `undefined` where the service answers that the resource does not exist. */
export async function undefinedIfNotFound<Result>(
  codes: string[],
  action: () => Promise<Result>,
): Promise<Result | undefined> {
  try {
    return await action();
  } catch (error) {
    if (isError(error, ...codes)) return undefined;
    throw error;
  }
}

/** Nothing listens where the cloud should be. */
export const unreachable = (endpoint: string, cause: unknown): Error =>
  new Error(`the embedded cloud does not answer at ${endpoint}; is it running (npx shipshape local status)?`, {
    cause,
  });

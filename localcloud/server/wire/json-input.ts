import { AwsError } from "./aws-error";
import { limits } from "../limits";

/**
 * Parses a request's body. SDKs send nothing deeply nested, and later code walks the value recursively, which a body of
 * nothing but brackets would overflow.
 * @param code of the refusal
 */
export function parseJson(text: string, code: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new AwsError(code, "the request's body is not JSON");
  }
  if (isDeeperThan(limits.jsonDepth, value))
    throw new AwsError(code, `the request's body is nested more than ${limits.jsonDepth} levels deep`);
  return value;
}

/** Level by level, without recursion. */
function isDeeperThan(depthMax: number, value: unknown): boolean {
  let level = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > depthMax) return true;
    level = level.flatMap((inner) => (typeof inner === "object" && inner !== null ? Object.values(inner) : []));
  }
  return false;
}

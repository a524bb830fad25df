import type { z } from "zod";
import { AwsError } from "./aws-error";
import type { Action } from "./action";

/**
 * Checks a decoded input against the action's schema and returns what the handler takes. All faults are reported at
 * once.
 */
export function checkInput(action: Action, decoded: unknown, codes: InputErrorCodes): unknown {
  const result = action.input.safeParse(decoded);
  if (result.success) return result.data;
  const faults = result.error.issues.flatMap((issue) => faultsOf(issue, decoded, codes));
  const first = faults[0]!;
  throw new AwsError(first.code, faults.map((fault) => fault.message(action.name)).join("; "));
}

/** A protocol's codes for the three faults an input can have. */
export interface InputErrorCodes {
  missing: string;
  unknown: string;
  invalid: string;
}

interface Fault {
  code: string;
  message(actionName: string): string;
}

function faultsOf(issue: z.core.$ZodIssue, decoded: unknown, codes: InputErrorCodes): Fault[] {
  const path = issue.path
    .map((segment) => (typeof segment === "number" ? String(segment + 1) : String(segment)))
    .join(".");
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({
      code: codes.unknown,
      message: (actionName) =>
        `the embedded cloud does not support the parameter ${path === "" ? key : `${path}.${key}`} of ${actionName}`,
    }));
  }
  const given = valueAt(decoded, issue.path);
  if (given === undefined)
    return [{ code: codes.missing, message: () => `the request must contain the parameter ${path}` }];
  return [
    {
      code: codes.invalid,
      message: () =>
        `invalid value${typeof given === "string" ? ` '${given.slice(0, 200)}'` : ""} for the parameter ${path}: ${issue.message}`,
    },
  ];
}

function valueAt(decoded: unknown, path: PropertyKey[]): unknown {
  let value = decoded;
  for (const segment of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, segment)) return undefined;
    value = (value as Record<PropertyKey, unknown>)[segment];
  }
  return value;
}

import { AwsError } from "../wire/aws-error";

/** Converts a value given as text on the command line to the type of the one it replaces. */
export function typedValue(name: string, given: unknown, current: unknown): unknown {
  if (given === null || current === null || current === undefined)
    return typeof given === "string" ? guessed(given) : given;
  const type = typeOf(current);
  const value = typeof given === "string" && type !== "string" ? guessed(given) : given;
  if (typeOf(value) === type) return value;
  if (type === "string" && (typeof value === "number" || typeof value === "boolean")) return String(value);
  throw new AwsError(
    "InvalidParameterValue",
    `${name} is a ${type} (now ${JSON.stringify(current)}), and '${typeof given === "string" ? given : JSON.stringify(given)}' is not`,
  );
}

/** Parses `5`, `true`, `["a"]` as JSON; anything else is text. */
function guessed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function typeOf(value: unknown): string {
  if (Array.isArray(value)) return "list";
  return value === null ? "null" : typeof value;
}

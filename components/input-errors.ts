import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";

/**
 * Parses plain input and throws every error at once, as one `pulumi.RunError` (the engine prints it clean, without a stack).
 * Each line is `path: reason (given …)`.
 */
export function parseInput<Schema extends z.ZodType>(schema: Schema, input: unknown, what: string): z.output<Schema> {
  const result = schema.safeParse(input, { reportInput: true });
  if (result.success) return result.data;
  const lines = result.error.issues.flatMap((issue) => describe(issue));
  throw new pulumi.RunError(
    `${what}: ${lines.length} ${lines.length === 1 ? "argument is" : "arguments are"} wrong, nothing was created\n${lines.map((line) => `  ${line}`).join("\n")}`,
  );
}

function describe(issue: z.core.$ZodIssue): string[] {
  if (issue.code === "unrecognized_keys") return issue.keys.map((key) => `${join([...issue.path, key])}: is not an argument; check its spelling`);
  return [`${join(issue.path)}: ${issue.message}${given(issue)}`];
}

function given(issue: z.core.$ZodIssue): string {
  if (issue.input === undefined) return " (nothing given)";
  const text = JSON.stringify(issue.input) ?? String(issue.input);
  return ` (given ${text.length > 80 ? `${text.slice(0, 77)}…` : text})`;
}

const join = (path: readonly PropertyKey[]): string => path.map(String).join(".") || "(the whole)";

/** One of a table's values, and an error that names them all. */
export const oneOf = <const T extends readonly (string | number)[]>(values: T) =>
  z.literal(values as unknown as T[number][], { error: () => `give one of ${values.join(", ")}` });

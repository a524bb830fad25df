/** What is wrong in a file of a company, by path, for readers who do not know its schema. */
import distance from "leven";
import { z } from "zod";

export interface FileProblem {
  path: readonly string[];
  reason: string;
}

/** A key that differs from a known one by more letters was meant to be another. */
const spellingDistanceMax = 3;

/** One problem for each wrong value, and for each key that the schema does not know. */
export function fileProblems(issue: z.core.$ZodIssue, schema: z.ZodType): FileProblem[] {
  const path = issue.path.map(String);
  if (issue.code === "invalid_key") return [{ path, reason: issue.issues[0]?.message ?? issue.message }];
  if (issue.code !== "unrecognized_keys") return [{ path, reason: issue.message }];
  const known = keysAt(schema, issue.path);
  return issue.keys.map((key) => ({
    path: [...path, key],
    reason: `is not known; ${meant(key, known) ?? `known: ${known.join(", ")}`}`,
  }));
}

/** "did you mean …?"; undefined if none is close. */
export function meant(word: string, known: readonly string[]): string | undefined {
  const [nearest = ""] = known.toSorted((one, other) => distance(one, word) - distance(other, word));
  return distance(nearest, word) <= spellingDistanceMax ? `did you mean ${nearest}?` : undefined;
}

interface Node {
  properties?: Record<string, Node>;
  additionalProperties?: Node;
  items?: Node;
}

/** The keys of the mapping at a path. */
export function keysAt(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  let at: Node | undefined = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as Node;
  for (const step of path)
    at = typeof step === "number" ? at?.items : (at?.properties?.[String(step)] ?? at?.additionalProperties);
  return Object.keys(at?.properties ?? {});
}

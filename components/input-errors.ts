import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { keysAt, meant } from "./standards/file-problems";

/**
 * Parses plain input and throws every error at once, as one `pulumi.RunError` (the engine prints it clean, without a
 * stack). Each line is `path: reason (given …)`.
 */
export function parseInput<Schema extends z.ZodType>(schema: Schema, input: unknown, what: string): z.output<Schema> {
  const result = schema.safeParse(input, { reportInput: true });
  if (result.success) return checkedLater(result.data, [], what) as z.output<Schema>;
  throw new pulumi.RunError(`${what}: ${wrong(problemsOf(result.error, schema), ", nothing was created")}`);
}

function wrong(lines: string[], consequence = ""): string {
  const count = `${lines.length} ${lines.length === 1 ? "argument is" : "arguments are"} wrong`;
  return `${count}${consequence}\n${lines.map((line) => `  ${line}`).join("\n")}`;
}

/** Everything that is wrong, a line each: `path: reason (given …)`. With the schema it also finds what was misspelt. */
export const problemsOf = ({ issues }: { issues: z.core.$ZodIssue[] }, schema?: z.ZodType): string[] => [
  ...new Set(issues.flatMap((issue) => describe(issue, schema))),
];

function describe(issue: z.core.$ZodIssue, schema?: z.ZodType): string[] {
  if (issue.code === "unrecognized_keys")
    return issue.keys.map((key) => {
      const instead = (schema && meant(key, keysAt(schema, issue.path))) ?? "check its spelling";
      return `${join([...issue.path, key])}: is not an argument; ${instead}`;
    });
  // An Output cannot be checked, whatever the schema: handled here once for every argument.
  if (isUnknown(issue.input))
    return [`${join(issue.path)}: give a plain value, not another resource's output: it decides what is created`];
  return [`${join(issue.path)}: ${reasonOf(issue)}${given(issue)}`];
}

/** In our words, where a schema has none of its own for a value of another type. */
const reasonOf = ({ message, ...issue }: z.core.$ZodIssue): string =>
  (issue.code === "invalid_type" && message.startsWith("Invalid input") && wantedTypes[issue.expected]) || message;
const wantedTypes: Partial<Record<string, string>> = {
  array: 'give a list, such as ["…"]',
  boolean: "give true or false",
  number: "give a number",
  object: "give its properties by name, such as {…: …}",
  record: "give values by name, such as {…: …}",
  string: "give text",
};

function given(issue: z.core.$ZodIssue): string {
  if (issue.input === undefined) return " (nothing given)";
  const shown = JSON.stringify(issue.input, plainly) ?? String(issue.input);
  return ` (given ${shown.length > 80 ? `${shown.slice(0, 77)}…` : shown})`;
}

/** An Output's text would be a paragraph explaining why it has none. */
function plainly(this: Record<string, unknown>, key: string, value: unknown): unknown {
  return isUnknown(this[key]) ? "an Output" : value;
}

const isUnknown = (value: unknown): boolean => pulumi.Output.isInstance(value) || value instanceof Promise;
const join = (path: readonly PropertyKey[]): string => path.map(String).join(".") || "(the whole)";

/** One of a table's values, with an error that lists them all, or says why a value that is known is not among them. */
export const oneOf = <const T extends readonly (string | number)[]>(
  values: T,
  refused: Readonly<Record<string, string>> = {},
) =>
  z.literal(values as unknown as T[number][], {
    error: ({ input }) => refused[String(input)] ?? `give one of ${values.join(", ")}${quotes(values, input)}`,
  });

function quotes(values: readonly unknown[], input: unknown): string {
  const same = values.find((value) => value !== input && String(value) === String(input));
  if (same === undefined) return "";
  return typeof same === "number" ? ", without quotes" : `, in quotes: "${String(same)}"`;
}

/**
 * Text. In YAML, unquoted digits are a number and an empty value is null: the error then says what to write, not that
 * the value is missing.
 */
export const text = (what: string, example?: string) =>
  z.string({ error: ({ input }) => notText(what, input, example) });

function notText(what: string, input: unknown, example: string | undefined): string {
  if (input === undefined) return `${what} is missing`;
  if (typeof input === "number" || typeof input === "bigint")
    return `is a number; write it as text, in quotes: "${example ?? String(input)}"`;
  if (typeof input === "boolean") return `is true or false; write it as text, in quotes: "${String(input)}"`;
  return input === null ? "is empty; give text" : "give text";
}

/** An argument that may be an Output: checked now if it is plain, otherwise once it is known. */
export const inputOf = <T>(plain: z.ZodType<T>): z.ZodType<pulumi.Input<T>, pulumi.Input<T>> =>
  z.unknown().transform((value, context) => {
    if (isUnknown(value)) return new Later(value, plain);
    const { data, error } = plain.safeParse(value, { reportInput: true });
    for (const issue of error?.issues ?? []) context.addIssue(issue as z.core.$ZodRawIssue);
    return data;
  }) as unknown as z.ZodType<pulumi.Input<T>, pulumi.Input<T>>;

/** An Output among the parsed arguments, until `parseInput` knows its path. */
class Later {
  constructor(
    readonly value: unknown,
    readonly plain: z.ZodType,
  ) {}
}

/** Each Output replaced by one that fails, with the words of a plain value, if its value is wrong. */
function checkedLater(value: unknown, path: PropertyKey[], what: string): unknown {
  if (value instanceof Later)
    return (pulumi.output(value.value) as pulumi.Output<unknown>).apply((known) => {
      const { data, error } = value.plain.safeParse(known, { reportInput: true });
      const issues = error?.issues.map((issue) => ({ ...issue, path: [...path, ...issue.path] }));
      if (issues) throw new pulumi.RunError(`${what}: ${wrong(problemsOf({ issues }, value.plain))}`);
      return data;
    });
  if (Array.isArray(value)) return value.map((item, index) => checkedLater(item, [...path, index], what));
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, checkedLater(item, [...path, key], what)]),
  );
}

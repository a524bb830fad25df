import { Option, type Command } from "commander";
import type { RegisteredOperation } from "../../operations/registry";
import type { OperationDescription } from "../../runner/operation";
import type { CommandContext } from "../command-context";
import type { RequestOptions } from "../request";
import { parseNumber } from "./option-values";

export const waitHelp = "wait until a worker has finished it; exit code 1 unless its verdict is pass";
export const workHelp =
  "wait, and act as a worker in the meantime, with this shell's permissions; it also finishes any other run it begins";
const planOnlyHelp =
  "only show the plan and the decision that a request would get, with this shell's permissions; exit code 1 if denied";

/** `shipshape request <operation>`: one subcommand per operation, whose flags derive from its schema. */
export function addRequests(
  request: Command,
  operations: readonly RegisteredOperation[],
  context: CommandContext,
): void {
  const newest = new Map<string, RegisteredOperation>();
  for (const one of operations) if (one.version > (newest.get(one.name)?.version ?? 0)) newest.set(one.name, one);
  for (const operation of newest.values()) addOperation(request, operation, context);
}

function addOperation(request: Command, operation: OperationDescription, context: CommandContext): void {
  const { name, title, examples } = operation;
  const command = request.command(name).description(title);
  const flags = flagsOf(operation);
  for (const flag of flags) command.addOption(flag);
  command
    .requiredOption("--reason <text>", "why, for the evidence")
    .option("--follow-up <finding>", "the finding that it fixes, which is answered with this request and its reason")
    .option("--wait", waitHelp)
    .option("--work", workHelp)
    .addOption(new Option("--plan-only", planOnlyHelp).conflicts(["wait", "work", "followUp"]))
    .option("--json", "print the result as JSON")
    .addHelpText(
      "after",
      [
        "\nExamples:",
        ...examples.map((words) => `  npx shipshape request ${name} ${words}`),
        "\nIf it is interrupted (Ctrl-C), the run is not lost: any worker continues it (`npx shipshape worker`).",
      ].join("\n"),
    )
    .action(async (options: RequestOptions & Record<string, unknown>) => {
      const keys = new Set(flags.map((flag) => flag.attributeName()));
      const input = Object.fromEntries(Object.entries(options).filter(([key]) => keys.has(key)));
      await (await import("../request")).requestOperation(name, input, options, context);
    });
}

/** A field of a schema, as JSON Schema has it. */
interface Field {
  type?: string;
  enum?: string[];
  default?: unknown;
  description?: string;
  /** What help shows in place of the value. @default the last word of the key */
  placeholder?: string;
}

/**
 * The flags of an operation's schema. They only read words: what a value may be, the schema says when it is submitted.
 * Throws if there is no flag for a field, so that an operation that nobody can request is noticed at once.
 */
export function flagsOf({ name, request }: OperationDescription): Option[] {
  const { type, properties = {}, required = [] } = request.toJSONSchema({ io: "input", unrepresentable: "any" });
  if (type !== "object") throw new Error(`the request of ${name} must be an object: its fields become flags`);
  return Object.entries(properties as Record<string, Field>).flatMap(([key, field]) => {
    const isRequired = required.includes(key);
    const flags = flagsOfField(key, field, isRequired);
    const [flag] = flags;
    if (!flag || flag.attributeName() !== key || field.description === undefined)
      throw new Error(
        `${name} has no flag for its field ${key} (${JSON.stringify(field)}): give it a name in camel case, a description, and a type of string, number, boolean or enum of strings`,
      );
    return [flag.default(field.default).makeOptionMandatory(isRequired), ...flags.slice(1)];
  });
}

/** None if there is no flag for it. */
function flagsOfField(key: string, field: Field, isRequired: boolean): Option[] {
  const { type, enum: choices, description, placeholder } = field;
  const name = key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  const withValue = new Option(`--${name} <${placeholder ?? name.split("-").at(-1)}>`, description);
  switch (type) {
    case "string":
      return [choices ? withValue.choices(choices) : withValue];
    case "integer":
    case "number":
      return [withValue.argParser(parseNumber)];
    case "boolean":
      return [
        new Option(`--${name}`, description),
        ...(isRequired || field.default === true ? [new Option(`--no-${name}`, `the opposite of --${name}`)] : []),
      ];
    default:
      return [];
  }
}

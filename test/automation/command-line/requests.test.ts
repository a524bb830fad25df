// The flags of `shipshape request <operation>` derive from the operation's schema.
import { Command } from "commander";
import { z, type ZodType } from "zod";
import { addRequests } from "../../../automation/command-line/commands/requests";
import { requestOperation } from "../../../automation/command-line/request";
import { createTerminal } from "../../../automation/command-line/terminal";
import { operations, type RegisteredOperation } from "../../../automation/operations/registry";
import { readSettings } from "../../../automation/settings";

jest.mock("../../../automation/command-line/request");
const requested = jest.mocked(requestOperation);
const context = { settings: readSettings(__dirname), terminal: createTerminal("never") };

const toy = (request: ZodType, version = 1): RegisteredOperation => ({
  name: "toy",
  version,
  owner: "a test",
  title: `version ${version}`,
  examples: ["--database orders"],
  effect: "reads",
  request,
  open: () => Promise.reject(new Error("no command line needs its code")),
});

function commandOf(registered: readonly RegisteredOperation[]): Command {
  const request = new Command("request").exitOverride().configureOutput({ writeErr: () => undefined });
  addRequests(request, registered, context);
  return request;
}

/** What is submitted for these words, if they are understood. */
async function inputOf(schema: ZodType, ...words: string[]): Promise<unknown> {
  requested.mockClear();
  await commandOf([toy(schema)]).parseAsync(["toy", "--reason", "r", ...words], { from: "user" });
  return requested.mock.lastCall?.[1];
}

const schema = z.strictObject({
  database: z.string().meta({ description: "which", placeholder: "identifier" }),
  waitSeconds: z.number().int().optional().meta({ description: "how long" }),
  depth: z.enum(["quick", "whole"]).default("quick").meta({ description: "how much" }),
  keepCopy: z.boolean().default(false).meta({ description: "keep it" }),
  compress: z.boolean().default(true).meta({ description: "compress it" }),
});

test("each field becomes a flag: words, numbers, choices, switches, and their defaults", async () => {
  const defaults = { depth: "quick", keepCopy: false, compress: true };
  expect(await inputOf(schema, "--database", "orders")).toEqual({ database: "orders", ...defaults });
  const words = ["--database", "orders", "--wait-seconds", "90", "--depth", "whole", "--keep-copy", "--no-compress"];
  expect(await inputOf(schema, ...words)).toEqual({
    database: "orders",
    waitSeconds: 90,
    depth: "whole",
    keepCopy: true,
    compress: false,
  });
});

test("a switch without a default has to be given, one way or the other", async () => {
  const required = z.strictObject({ force: z.boolean().meta({ description: "whether" }) });
  expect(await inputOf(required, "--force")).toEqual({ force: true });
  expect(await inputOf(required, "--no-force")).toEqual({ force: false });
  await expect(inputOf(required)).rejects.toThrow("required option '--force' not specified");
});

test.each([
  ["a required field is missing", [], "required option '--database <identifier>' not specified"],
  ["a number is not one", ["--database", "orders", "--wait-seconds", "soon"], '"soon" is not a number'],
  ["a value is not among the choices", ["--database", "orders", "--depth", "deep"], "Allowed choices are quick, whole"],
  ["a flag is unknown", ["--database", "orders", "--region", "x"], "unknown option '--region'"],
])("the words are refused before anything is opened if %s", async (_, words, problem) => {
  await expect(inputOf(schema, ...words)).rejects.toThrow(problem);
});

test.each([
  ["a list", z.strictObject({ tables: z.array(z.string()).meta({ description: "which" }) })],
  ["a date", z.strictObject({ at: z.date().meta({ description: "when" }) })],
  ["one of two types", z.strictObject({ at: z.union([z.string(), z.number()]).meta({ description: "when" }) })],
  ["a field without a description", z.strictObject({ at: z.string() })],
  ["a key that is not in camel case", z.strictObject({ "at-time": z.string().meta({ description: "when" }) })],
])("an operation whose request has %s cannot be registered", (_, request) => {
  expect(() => commandOf([toy(request)])).toThrow(/^toy has no flag for its field \S+ \(.*\): give it/);
});

test("a request that is not an object, or has a field named like a common flag, cannot be registered either", () => {
  expect(() => commandOf([toy(z.string())])).toThrow("the request of toy must be an object");
  const taken = z.strictObject({ reason: z.string().meta({ description: "why" }) });
  expect(() => commandOf([toy(taken)])).toThrow("conflicting flag '--reason'");
});

test.each(["--wait", "--work"])("a request of which only the plan is shown does not %s", async (word) => {
  const words = ["--database", "orders", "--plan-only"];
  expect(await inputOf(schema, ...words)).toMatchObject({ database: "orders" });
  expect(requested.mock.lastCall?.[2]).toMatchObject({ planOnly: true });
  await expect(inputOf(schema, ...words, word)).rejects.toThrow(`'--plan-only' cannot be used with option '${word}'`);
});

test("a follow-up names a finding, which a plan that is only shown cannot answer", async () => {
  const words = ["--database", "orders", "--follow-up", "261123093000-1a2b3c4d.verdict"];
  expect(await inputOf(schema, ...words)).not.toHaveProperty("followUp");
  expect(requested.mock.lastCall?.[2]).toMatchObject({ followUp: "261123093000-1a2b3c4d.verdict" });
  const refused = "'--plan-only' cannot be used with option '--follow-up <finding>'";
  await expect(inputOf(schema, ...words, "--plan-only")).rejects.toThrow(refused);
  const taken = z.strictObject({ followUp: z.string().meta({ description: "another" }) });
  expect(() => commandOf([toy(taken)])).toThrow("conflicting flag '--follow-up'");
});

test("the newest version of an operation is the one that is requested", () => {
  const described = commandOf([toy(schema), toy(schema, 3), toy(schema, 2)]).commands.map((c) => c.description());
  expect(described).toEqual(["version 3"]);
});

const examples = operations.flatMap((operation) => operation.examples.map((words) => [operation.name, words] as const));
test.each(examples)("request %s %s is understood, and the operation's schema takes it", async (name, example) => {
  requested.mockClear();
  const words = [...example.split(" | ")[0]!.matchAll(/"([^"]*)"|(\S+)/g)].map((match) => match[1] ?? match[2]!);
  await commandOf(operations).parseAsync([name, ...words], { from: "user" });
  const operation = operations.find((one) => one.name === name)!;
  expect(operation.request.safeParse(requested.mock.lastCall?.[1]).error).toBeUndefined();
});

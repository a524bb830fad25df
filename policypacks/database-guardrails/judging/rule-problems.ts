/** What every rule has, ours and a company's: the same checks for both. */
import { z } from "zod";
import { allowedOf, purposeOf } from "./options";
import { severities } from "./rule";

export const ruleId = /^(require|forbid|prefer)-[a-z0-9]+(-[a-z0-9]+)*$/;

/** A sentence says something; a word or two do not. */
const whyLettersMin = 40;
const solutionLettersMin = 20;

const text = (what: string, lettersMin = 1) =>
  z.string({ error: () => `give ${what}` }).refine((given) => given.trim().length >= lettersMin, {
    error: () => `give ${what}${lettersMin > 1 ? `, in ${lettersMin} letters or more` : ""}`,
  });
const typeTokens = z
  .array(
    z.string().regex(/^[a-z0-9-]+:[\w/-]+:\w+$/, { error: () => "give types such as aws:rds/instance:Instance" }),
    {
      error: () => "give a list of resource types",
    },
  )
  .min(1, { error: () => "give at least one resource type" })
  .optional();
const check = z.custom<unknown>((given) => typeof given === "function", { error: () => "give a function" }).optional();
const yesOrNo = z.boolean({ error: () => "give true or false" }).optional();

const ruleSchema = z.strictObject({
  id: z.string().regex(ruleId),
  title: text("what is true when the rule is met").refine((given) => !given.endsWith("."), {
    error: () => "leave out the full stop: tables show it",
  }),
  severity: z.enum(severities, { error: () => `give one of ${severities.join(", ")}` }),
  owner: text("the team responsible for the rule"),
  controls: z.array(text("controls as text"), { error: () => "give a list of controls, [] for none" }),
  properties: z.array(text("properties as text"), { error: () => "give a list of the properties that it judges" }),
  why: text("the risk", whyLettersMin),
  solution: text("what to do", solutionLettersMin),
  throwaways: yesOrNo,
  onlyLive: yesOrNo,
  options: z
    .record(
      z.string(),
      z.custom<z.ZodType>((given) => given instanceof z.ZodType),
    )
    .optional(),
  types: typeTokens,
  check,
  typesInStack: typeTokens,
  checkInStack: check,
});

/** What is wrong with a rule, one sentence each; nothing if it can be used. */
export function ruleProblems(given: object): string[] {
  const { data: rule, error } = ruleSchema.safeParse(given);
  if (error)
    return error.issues.map(({ path, message, ...issue }) =>
      issue.code === "unrecognized_keys"
        ? `${issue.keys.join(", ")}: not known; a rule has ${Object.keys(ruleSchema.shape).join(", ")}`
        : `${path.join(".")}: ${message}`,
    );
  const pairs = [
    ["types", "check"],
    ["typesInStack", "checkInStack"],
  ] as const;
  return [
    ...pairs.flatMap(([types, judge]) =>
      (rule[types] === undefined) === (rule[judge] === undefined)
        ? []
        : [`give both ${types} and ${judge}, or neither`],
    ),
    ...Object.entries(rule.options ?? {}).flatMap(([name, option]) =>
      purposeOf(option) === "" || allowedOf(option) === ""
        ? [`options.${name}: give its title and description with .meta()`]
        : [],
    ),
  ];
}

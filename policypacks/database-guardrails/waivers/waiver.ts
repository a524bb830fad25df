import { z } from "zod";
import type { Rule } from "../judging/rule";
import { globProblem } from "./waiver-glob";

/** The longest a waiver may last: half a year, so that each is reviewed twice a year. */
export const waiverDaysMax = 180;
/** If nothing else is said: a quarter, in which most exceptions can be ended. */
export const waiverDays = 90;
/** From this many days before its end, reports say that a waiver will expire. */
export const waiverWarningDays = 14;
/** For each text: enough for a reason of some paragraphs, or a URN with the longest names that Pulumi accepts. */
const lettersMax = 2_000;

const text = (what: string) =>
  z
    .string({ error: () => `give ${what}` })
    .trim()
    .min(1, { error: () => `give ${what}` })
    .max(lettersMax, { error: () => `is longer than ${lettersMax} characters` });

/** Only ASCII letters, because other letters can look like them, and two different names would look the same. */
export const teamName = (what: string) =>
  text(what).regex(/^[A-Za-z0-9@][A-Za-z0-9 ._@/-]*$/, {
    error: () => "a name may contain letters from a to z, digits and, between them, . _ - / @ and spaces",
  });

/** Which rules there are: ours, and those of a company's own. "any rule": who reads them does not judge. */
export type RuleIds = readonly Pick<Rule, "id">[] | "any rule";

/** One file in `policypacks/waivers/`; its name is the waiver's id. */
export const waiverSchema = z
  .strictObject({
    rule: text("the rule"),
    /** A URN, or the ARN of a resource that no stack declares; each part may contain `*`. */
    resource: text("the URN of the resource, or a glob of URNs").superRefine((resource, context) => {
      const message = globProblem(resource);
      if (message !== undefined) context.addIssue({ code: "custom", message });
    }),
    reason: text("the reason, so that others understand it half a year from now"),
    owner: teamName("the team that has the exception and will end it"),
    approver: teamName("the approver: a person or team other than the owner"),
    /** The last day it is valid. */
    expiresOn: z.iso.date({ error: () => "give a day as YYYY-MM-DD" }),
    /** `waiver`: the risk is accepted. `mitigated`: something else reduces it, and the reason says what. */
    category: z.enum(["waiver", "mitigated"], { error: () => 'give "waiver" or "mitigated"' }),
  })
  .refine(({ owner, approver }) => teamOf(owner) !== teamOf(approver), {
    path: ["approver"],
    error: () => "an owner cannot approve their own exception: give a different approver",
  });

/** What is wrong with the name of a rule; undefined if there is such a rule. */
export const ruleProblem = (rule: string, rules: RuleIds): string | undefined =>
  rules === "any rule" || rules.some(({ id }) => id === rule)
    ? undefined
    : `there is no rule "${rule}"; \`npx shipshape rule list\` lists them`;

export interface Waiver extends z.infer<typeof waiverSchema> {
  id: string;
  file: string;
}

/** Optional words at either end of a team's name. */
const anyTeam = /^(the|team|squad|group)+|(team|teams|squad|group)+$/g;

/**
 * Normalizes a team's name: "@acme/Team_Orders", "orders@acme.com" and "the orders team" are the same team, and so is
 * "0rders", because digits that look like letters count as those letters.
 */
function teamOf(given: string): string {
  const name = given.toLowerCase().split("/").at(-1) ?? "";
  const letters = (/^([^@]+)@/.exec(name)?.[1] ?? name)
    .replace(/[^a-z0-9]/g, "")
    .replace(/0/g, "o")
    .replace(/3/g, "e")
    .replace(/5/g, "s")
    .replace(/[1i]/g, "l")
    .replace(/rn/g, "m")
    .replace(/vv/g, "w");
  return letters.replace(anyTeam, "") || letters;
}

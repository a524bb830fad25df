import { z } from "zod";
import { rules } from "../rules";
import { globProblem } from "./waiver-glob";

/** The longest a waiver may last: half a year, so that each is looked at twice a year. */
export const waiverDaysMax = 180;
/** From here on it is announced that a waiver ends. */
export const waiverWarningDays = 14;
/** Of each text in it: a reason of some paragraphs, and a URN of the longest names that Pulumi takes. */
const lettersMax = 2_000;

const text = (what: string) =>
  z
    .string({ error: () => `give ${what}` })
    .trim()
    .min(1, { error: () => `give ${what}` })
    .max(lettersMax, { error: () => `is longer than ${lettersMax} characters` });

/** Of plain letters only: two names that look alike are one name, whoever reads them. */
const party = (what: string) =>
  text(what).regex(/^[A-Za-z0-9@][A-Za-z0-9 ._@/-]*$/, {
    error: () => "a name has letters from a to z, digits, and . _ - / @ and blanks between them",
  });

/** One file in `policypacks/waivers/`; its name is the waiver's id. */
export const waiverSchema = z
  .strictObject({
    rule: z.enum(rules.map(({ id }) => id) as [string, ...string[]], {
      error: ({ input }) => `there is no rule "${String(input)}"; docs/guardrails.md lists them`,
    }),
    /** A URN, or the ARN of what no stack declares; each part of it may hold `*`. */
    resource: text("the URN of the resource, or a glob of URNs").superRefine((resource, context) => {
      const message = globProblem(resource);
      if (message !== undefined) context.addIssue({ code: "custom", message });
    }),
    reason: text("the reason, so that others understand it in half a year"),
    owner: party("the team that has the exception, and ends it"),
    approver: party("who approved it: a person or team other than the owner"),
    /** The last day on which it is valid. */
    expiresOn: z.iso.date({ error: () => "give a day as YYYY-MM-DD" }),
    /** `waiver`: the risk is accepted. `mitigated`: something else reduces it, and the reason says what. */
    category: z.enum(["waiver", "mitigated"], { error: () => 'give "waiver" or "mitigated"' }),
  })
  .refine(({ owner, approver }) => teamOf(owner) !== teamOf(approver), {
    path: ["approver"],
    error: () => "nobody approves their own exception: give an approver other than the owner",
  });

export interface Waiver extends z.infer<typeof waiverSchema> {
  id: string;
  file: string;
}

/** Words that a team's name has or leaves out, at either end. */
const anyTeam = /^(the|team|squad|group)+|(team|teams|squad|group)+$/g;

/**
 * "@acme/Team_Orders", "orders@acme.com" and "the orders team" are one team, and so is "0rders": digits that are read
 * as letters count as those.
 */
function teamOf(party: string): string {
  const name = party.toLowerCase().split("/").at(-1) ?? "";
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

import { z } from "zod";
import { rules } from "./rules";

/** The longest a waiver may last: half a year, so that each is looked at twice a year. */
export const waiverDaysMax = 180;
/** From here on it is announced that a waiver ends. */
export const waiverWarningDays = 14;

const text = (what: string) =>
  z
    .string({ error: () => `give ${what}` })
    .trim()
    .min(1, { error: () => `give ${what}` });
const wildcardOnly = (resource: string): boolean => resource.replace(/^(urn:pulumi:|arn:)/, "").replace(/[*:]/g, "") === "";

/** One file in `policypacks/waivers/`; its name is the waiver's id. */
export const waiverSchema = z
  .strictObject(
    {
      rule: z.enum(rules.map(({ id }) => id) as [string, ...string[]], {
        error: ({ input }) => `there is no rule "${String(input)}"; docs/guardrails.md lists them`,
      }),
      /** A URN, or the ARN of what no stack declares. A `*` stands for anything but "::". */
      resource: text("the URN of the resource, or a glob of URNs")
        .regex(/^(urn:pulumi:|arn:)/, { error: () => 'give a URN ("urn:pulumi:<stack>::<project>::<type>::<name>") or an ARN, which may hold *' })
        .refine((resource) => !wildcardOnly(resource), { error: () => "a waiver is for named resources: give at least a name, a type or a stack" }),
      reason: text("the reason, so that somebody else understands it in half a year"),
      owner: text("the team that has the exception, and ends it"),
      approver: text("who approved it: a person or team other than the owner"),
      /** The last day on which it holds. */
      expiresOn: z.iso.date({ error: () => "give a day as YYYY-MM-DD" }),
      /** `waiver`: the risk is accepted. `mitigated`: something else reduces it, and the reason says what. */
      category: z.enum(["waiver", "mitigated"], { error: () => 'give "waiver" or "mitigated"' }),
    },
    { error: ({ code, input }) => (code === "invalid_type" ? `give a mapping, not ${input === null ? "nothing" : typeof input}` : undefined) },
  )
  .refine(({ owner, approver }) => owner !== approver, {
    path: ["approver"],
    error: () => "nobody approves their own exception: give an approver other than the owner",
  });

export interface Waiver extends z.infer<typeof waiverSchema> {
  id: string;
  file: string;
}

export function matches(waiver: Waiver, urn: string): boolean {
  if (!waiver.resource.includes("*")) return waiver.resource === urn;
  const pattern = waiver.resource.split("*").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${pattern.join("(?:(?!::).)*")}$`).test(urn);
}

/** "stack::project" where the waiver names both plainly: only there can one stack alone tell that it matches nothing. */
export function stackOf(urn: string): string | undefined {
  const [stack, project] = urn.replace(/^urn:pulumi:/, "").split("::");
  return !urn.startsWith("urn:pulumi:") || stack === undefined || project === undefined || `${stack}${project}`.includes("*")
    ? undefined
    : `${stack}::${project}`;
}

export const daysBetween = (from: string, to: string): number => Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000);

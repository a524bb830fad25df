/** What a rule claims about examples: the same checks for our rules and a company's. */
import type { Rule, RuleSettings } from "../judging/rule";
import { contextProperties } from "./context-properties";
import { judgedBy, type Fixture } from "./fixtures";

/** Examples by what they are: the names become those of tests. */
export interface Claims {
  passes: Record<string, Fixture>;
  /** With a part of the expected message. */
  fails: Record<string, [Fixture, string]>;
  /** Undecided: a value is unknown before deployment. @default none */
  undecided?: Record<string, Fixture>;
  /** The values of a config. @default the rule's own defaults */
  options?: object | undefined;
}

/** What is wrong with the examples of a company's rule; undefined if they can be tried. */
export function claimsProblem(given: unknown): string | undefined {
  const { passes, fails, undecided = {} } = (given ?? {}) as Record<keyof Claims, unknown>;
  const isMapping = (one: unknown): one is object => typeof one === "object" && one !== null && !Array.isArray(one);
  const some = (one: unknown) => isMapping(one) && Object.keys(one).length > 0;
  if (!some(passes) || !some(fails) || !isMapping(undecided))
    return "export claims: { passes: { … }, fails: { … } }, with at least one example of each";
  const pair = (one: unknown) => Array.isArray(one) && one.length === 2 && typeof one[1] === "string" && one[1] !== "";
  return Object.values(fails as object).every(pair)
    ? undefined
    : "an example of fails is a pair: the resource, and a part of the message";
}

interface Claim {
  text: string;
  /** The name of the example; none if it is about all. */
  example: string;
  /** Why it is not true; undefined if it is. */
  failure(): string | undefined;
}

const messageForm = /^\S+: .+; allowed: .+\. To fix: .+\.$/;

/** Each claim, with a function that tries it. */
export function claimsOf(rule: Rule, claims: Claims, settings: RuleSettings): Claim[] {
  const { passes, fails, undecided = {}, options } = claims;
  const judged = (fixture: Fixture, read?: (property: string) => void) =>
    judgedBy(rule, fixture, { settings, options, ...(read && { read }) });
  const said = (fixture: Fixture) => judged(fixture).map(({ kind, level, message }) => `${kind}, ${level}: ${message}`);
  const expectNone = (found: readonly string[], what: string) =>
    found.length === 0 ? undefined : `${what}:\n${found.join("\n")}`;
  return [
    ...Object.entries(passes).map(([example, fixture]) => ({
      text: `passes ${example}`,
      example,
      failure: () => expectNone(said(fixture), "it found something"),
    })),
    ...Object.entries(fails).map(([example, [fixture, message]]) => ({
      text: `finds ${example}`,
      example,
      failure() {
        const violations = judged(fixture).filter(({ kind }) => kind === "violation");
        if (!violations.some((one) => one.message.includes(message)))
          return `no violation says "${message}"; it found:\n${said(fixture).join("\n") || "nothing"}`;
        const odd = violations.filter((one) => !messageForm.test(one.message));
        return expectNone(
          odd.map((one) => one.message),
          "a message is in another form than <name>: <found>; allowed: <allowed>. To fix: <change>.",
        );
      },
    })),
    ...Object.entries(undecided).map(([example, fixture]) => ({
      text: `cannot decide ${example} before deployment, and says so`,
      example,
      failure() {
        // An advisory rule waits for the deployment.
        const expected = rule.severity === "low" ? 0 : 1;
        const found = judged(fixture);
        const isSo = found.length === expected && found.every(({ kind }) => kind === "undecided");
        return isSo ? undefined : `it is not undecided; it found:\n${said(fixture).join("\n") || "nothing"}`;
      },
    })),
    {
      text: "reads only the properties that it lists and context properties",
      example: "",
      failure() {
        const read = new Set<string>();
        const examples = [...Object.values(passes), ...Object.values(undecided)];
        for (const fixture of [...examples, ...Object.values(fails).map(([one]) => one)])
          judged(fixture, (property) => void read.add(property));
        const known = [...rule.properties, ...contextProperties];
        return expectNone(
          [...read].filter((property) => !known.includes(property)),
          "it also reads",
        );
      },
    },
  ];
}

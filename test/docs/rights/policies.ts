import { readFileSync } from "node:fs";
import { join } from "node:path";

export interface PolicyStatement {
  Sid: string;
  Effect: "Allow" | "Deny";
  Action: string | string[];
  Resource: string | string[];
  Condition?: Record<string, Record<string, string | string[]>>;
}

export const region = "eu-central-1";
export const account = "123456789012";
const values: Record<string, string> = { partition: "aws", region, account, "platform key": "*", "signing key": "*" };

/** The policies of docs/going-to-production.md, in the page's order. */
const [databases = [], platform = [], worker = []] = [
  ...readFileSync(join(__dirname, "../../../docs/going-to-production.md"), "utf8").matchAll(/```json\n([^]*?)```/g),
]
  .map(
    ([, text = ""]) =>
      JSON.parse(text.replace(/<([a-z ]+)>/g, (whole, name: string) => values[name] ?? whole)) as {
        Statement?: PolicyStatement[];
      },
  )
  .flatMap(({ Statement }) => (Statement ? [Statement] : []));

export const policies = { databases, platform, worker };

/** Decides like IAM: a Deny wins, and what no Allow names is denied. Conditions count as met. */
export function allows(policy: PolicyStatement[], action: string, resource: string): boolean {
  const meant = policy.filter(
    (s) => list(s.Action).some((a) => matches(a, action)) && list(s.Resource).some((r) => matches(r, resource)),
  );
  return meant.some((s) => s.Effect === "Allow") && !meant.some((s) => s.Effect === "Deny");
}

export const actionsAllowed = (policy: PolicyStatement[]): string[] => [
  ...new Set(policy.filter((s) => s.Effect === "Allow").flatMap((s) => list(s.Action))),
];

const list = (one: string | string[]): string[] => (Array.isArray(one) ? one : [one]);

const matches = (pattern: string, text: string): boolean =>
  new RegExp(
    `^${pattern
      .split("*")
      .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"))
      .join(".*")}$`,
  ).test(text);

/** All rules on what was read, with waivers applied: the same for a state, a preview and live databases. */
import type { Finding } from "../../policypacks/database-guardrails/judging/finding";
import { judgeResource, judgeStack, type NoteNotReported } from "../../policypacks/database-guardrails/judging/judge";
import { settingsOf } from "../../policypacks/database-guardrails/judging/options";
import { Stack, type Resource } from "../../policypacks/database-guardrails/vocabulary/resource";
import { auditedProperties, rules } from "../../policypacks/database-guardrails/rules";
import type { WaiverRegister } from "../../policypacks/database-guardrails/waivers/waiver-register";
import type { Source } from "./exported-state";
import type { GuardConfig } from "./guard-config";

/** A finding with the file it was found in, and the line that declares its resource. */
export interface LocatedFinding extends Finding {
  source?: Source;
}

export interface Judged {
  /** What programs declare. */
  declared: readonly Resource[];
  /** What exists. Empty for what only a program knows so far. */
  deployed: readonly Resource[];
  notReported?: NoteNotReported;
}

export function judge(
  { declared, deployed, notReported }: Judged,
  config: GuardConfig,
  register: WaiverRegister,
  today: string,
): Finding[] {
  const [asked, stack] = [new Stack(declared), new Stack(deployed)];
  return rules.flatMap((rule) => {
    const own = settingsOf(rule, { today, audited: auditedProperties }, config.options[rule.id]);
    const alone = (where: Stack) =>
      where.of(...(rule.types ?? [])).flatMap((resource) => judgeResource(rule, resource, own, notReported));
    const actual = distinct([...alone(stack), ...judgeStack(rule, stack, own, notReported)]);
    // What a program declares returns with its next `up`; if it gives the same finding as the actual state, that is
    // reported once. What the program hides, the actual state shows.
    const reported = new Set(actual.filter(({ kind }) => kind === "violation").map(propertyKey));
    const promised = alone(asked).filter(
      (finding) => !reported.has(propertyKey(finding)) && (finding.kind === "violation" || !stack.has(finding.urn)),
    );
    return [...actual, ...distinct(promised)].map((finding) => register.apply(raised(finding, config)));
  });
}

/** A set may be returned in another order, so indexes mean nothing. */
const propertyKey = ({ urn, property = "" }: Finding): string => `${urn} ${property.replace(/\[\d+\]/g, "[]")}`;

function distinct(findings: readonly Finding[]): Finding[] {
  const seen = new Set<string>();
  return findings.filter(({ urn, message }) => !seen.has(`${urn} ${message}`) && seen.add(`${urn} ${message}`));
}

function raised(finding: Finding, { raised }: GuardConfig): Finding {
  return finding.kind === "violation" && raised.includes(finding.rule) ? { ...finding, level: "mandatory" } : finding;
}

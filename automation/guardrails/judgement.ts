/** Applies all rules and waivers to what was read, in the same way for states and live databases. */
import type { Finding } from "../../policypacks/database-guardrails/judging/finding";
import { judgeResource, judgeStack, type NoteNotReported } from "../../policypacks/database-guardrails/judging/judge";
import { settingsOf } from "../../policypacks/database-guardrails/judging/options";
import type { Rule, RuleSettings } from "../../policypacks/database-guardrails/judging/rule";
import { Stack, type Resource } from "../../policypacks/database-guardrails/vocabulary/resource";
import { auditedBy } from "../../policypacks/database-guardrails/own-rules/own-rules";
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
  /** What exists. Empty if only a program is known so far. */
  deployed: readonly Resource[];
  notReported?: NoteNotReported;
}

export function judge(
  { declared, deployed, notReported }: Judged,
  config: GuardConfig,
  register: WaiverRegister,
  { standard, today, rules }: Pick<RuleSettings, "standard" | "today"> & { rules: readonly Rule[] },
): Finding[] {
  const [program, actual] = [new Stack(declared), new Stack(deployed)];
  const common = { standard, today, audited: auditedBy(rules) };
  return rules.flatMap((rule) => {
    const own = settingsOf(rule, common, config.options[rule.id]);
    const individually = (stack: Stack) =>
      stack.of(...(rule.types ?? [])).flatMap((resource) => judgeResource(rule, resource, own, notReported));
    const present = distinct([...individually(actual), ...judgeStack(rule, actual, own, notReported)]);
    // A violation in the program would return with the next `up`. If the actual state has the same one, it is reported
    // only once; for values unknown to the program, the actual state decides.
    const reported = new Set(present.filter(({ kind }) => kind === "violation").map(propertyKey));
    const upcoming = individually(program).filter(
      (finding) => !reported.has(propertyKey(finding)) && (finding.kind === "violation" || !actual.has(finding.urn)),
    );
    return [...present, ...distinct(upcoming)].map((finding) => register.apply(raised(finding, config)));
  });
}

/** Identifies the property that a finding is about, without indexes, because a set may be returned in any order. */
const propertyKey = ({ urn, property = "" }: Finding): string => `${urn} ${property.replace(/\[\d+\]/g, "[]")}`;

function distinct(findings: readonly Finding[]): Finding[] {
  const seen = new Set<string>();
  return findings.filter(({ urn, message }) => !seen.has(`${urn} ${message}`) && seen.add(`${urn} ${message}`));
}

function raised(finding: Finding, { raised }: GuardConfig): Finding {
  return finding.kind === "violation" && raised.includes(finding.rule) ? { ...finding, level: "mandatory" } : finding;
}

/** All rules on what was read, with waivers applied: the same for a state, a preview and living databases. */
import type { Finding } from "../../policypacks/database-guardrails/finding";
import { judgeResource, judgeStack } from "../../policypacks/database-guardrails/judge";
import { Stack, type Resource } from "../../policypacks/database-guardrails/resource";
import { rules } from "../../policypacks/database-guardrails/rules";
import type { Rule, RuleSettings } from "../../policypacks/database-guardrails/rule";
import type { WaiverRegister } from "../../policypacks/database-guardrails/waiver-register";
import type { Source } from "./exported-state";
import type { GuardConfig } from "./guard-config";

/** A finding with the file it was found in, and the line that declares its resource. */
export interface LocatedFinding extends Finding {
  source?: Source;
}

export interface Judged {
  declared: readonly Resource[];
  deployed: readonly Resource[];
  /** @default all */
  rules?: readonly Rule[];
}

export function judge(given: Judged, config: GuardConfig, register: WaiverRegister, today: string): Finding[] {
  const settings = (rule: Rule): RuleSettings => ({ ...config.settings[rule.id], today });
  const stack = new Stack(given.deployed);
  return (given.rules ?? rules).flatMap((rule) => {
    const own = settings(rule);
    const findings = [...given.declared.flatMap((resource) => judgeResource(rule, resource, own)), ...judgeStack(rule, stack, own)];
    return findings.map((finding) => register.apply(raised(finding, config)));
  });
}

function raised(finding: Finding, { raised }: GuardConfig): Finding {
  return finding.kind === "violation" && raised.includes(finding.rule) ? { ...finding, level: "mandatory" } : finding;
}

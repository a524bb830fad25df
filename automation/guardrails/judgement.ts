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
  {
    standard,
    today,
    copyProofOf,
    rules,
  }: Pick<RuleSettings, "standard" | "today" | "copyProofOf"> & { rules: readonly Rule[] },
): Finding[] {
  const [program, actual] = [new Stack(declared), new Stack(deployed)];
  const common = { standard, today, audited: auditedBy(rules), copyProofOf };
  return rules.flatMap((rule) => {
    const own = settingsOf(rule, common, config.options[rule.id]);
    const individually = (stack: Stack) =>
      stack.of(...(rule.types ?? [])).flatMap((resource) => judgeResource(rule, resource, own, notReported));
    const programs = individually(program);
    const present = withDeclared(
      distinct([...individually(actual), ...judgeStack(rule, actual, own, notReported)]),
      programs,
    );
    // A violation in the program would return with the next `up`. If the actual state has the same one, it is reported
    // only once; for values unknown to the program, the actual state decides.
    const reported = new Set(present.filter(({ kind }) => kind === "violation").map(propertyKey));
    const upcoming = programs.filter(
      (finding) => !reported.has(propertyKey(finding)) && (finding.kind === "violation" || !actual.has(finding.urn)),
    );
    return [...present, ...distinct(upcoming)].map((finding) => register.apply(raised(finding, config)));
  });
}

/** The program may violate the rule by another value, such as none where AWS has a default: a preview shows that one. */
function withDeclared(present: readonly Finding[], programs: readonly Finding[]): Finding[] {
  const values = new Map<string, Set<string>>();
  for (const finding of programs)
    if (finding.found !== undefined)
      values.set(propertyKey(finding), (values.get(propertyKey(finding)) ?? new Set()).add(finding.found));
  return present.map((finding) => {
    const declared = [...(values.get(propertyKey(finding)) ?? [])].filter((value) => value !== finding.found);
    return finding.kind === "violation" && declared.length > 0 ? { ...finding, declared } : finding;
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

import {
  UnknownValueError,
  type Policies,
  type PolicyPackArgs,
  type PolicyResource,
  type PolicyResourceOptions,
  type ReportViolation,
} from "@pulumi/policy";
import type { Standard } from "../../components/standards/standard";
import type { Finding } from "./judging/finding";
import { judgeResource, judgeStack } from "./judging/judge";
import { configSchemaOf, settingsOf } from "./judging/options";
import { unknown } from "./vocabulary/properties";
import { Resource, Stack } from "./vocabulary/resource";
import type { Rule, RuleSettings } from "./judging/rule";
import { auditedBy, rulesWith } from "./own-rules/own-rules";
import type { CompiledRule } from "./own-rules/rule-files";
import { forbidStaleWaivers } from "./rules/forbid-stale-waivers";
import type { PackSettings } from "./settings";
import type { Baseline } from "./baseline/baseline";
import { declaredIn } from "./vocabulary/strictness";
import { stackOf } from "./waivers/waiver-glob";
import { readWaivers } from "./waivers/waiver-files";
import { WaiverRegister } from "./waivers/waiver-register";

/** The rules in the form that Pulumi's policy SDK expects; everything else about them is in `rules/`. */
export function packArguments(
  { waiversFolder, today }: PackSettings,
  standard: Standard,
  own: readonly CompiledRule[],
  baseline: Baseline,
): PolicyPackArgs {
  const rules = rulesWith(own);
  const register = new WaiverRegister(readWaivers(waiversFolder, today, rules), today);
  const common = { standard, today, audited: auditedBy(rules) };
  const judged = rules
    .filter((rule) => rule !== forbidStaleWaivers)
    .map((rule) => policyOf(rule, common, { register, baseline }));
  // Last, because it depends on which waivers the others used.
  return { displayName: "Database guardrails", policies: [...judged, waiverPolicy(register)] };
}

/** What there is besides rules. */
interface Exceptions {
  register: WaiverRegister;
  baseline: Baseline;
}

function policyOf(rule: Rule, common: RuleSettings, { register, baseline }: Exceptions): Policies[number] {
  const settings = (given: object) => settingsOf(rule, common, given);
  const reportAll = (report: ReportViolation, findings: Finding[]) => {
    for (const finding of baseline.apply(findings.map((one) => register.apply(one)))) reportFinding(report, finding);
  };
  return {
    ...described(rule),
    ...(rule.check && {
      validateResource: (args, report) => {
        // Checked first, before any property is read: most rules do not apply to most resources.
        if (!rule.types?.includes(args.type)) return;
        const facts = {
          urn: args.urn,
          type: args.type,
          name: args.name,
          properties: plain(args.props),
          ...options(args.opts),
          dependencies: {},
        };
        reportAll(report, judgeResource(rule, new Resource(facts), settings(args.getConfig())));
      },
    }),
    ...(rule.checkInStack && {
      validateStack: (args, report) => {
        if (!args.resources.some(({ type }) => rule.typesInStack?.includes(type))) return;
        reportAll(report, judgeStack(rule, new Stack(args.resources.map(stackResource)), settings(args.getConfig())));
      },
    }),
  } as Policies[number];
}

function waiverPolicy(register: WaiverRegister): Policies[number] {
  return {
    ...described(forbidStaleWaivers),
    validateStack: ({ resources }, report) => {
      const judged = new Set(resources.flatMap(({ urn }) => stackOf(urn) ?? []));
      for (const finding of register.stale(judged)) reportFinding(report, finding);
    },
  };
}

/** Declared as advisory where allowed, so that a config can raise it; a config cannot lower a mandatory rule. */
function described(rule: Rule) {
  const mandatory = rule.severity === "critical" || rule.severity === "high";
  return {
    name: rule.id,
    displayName: rule.title,
    description: `${rule.title}.`,
    severity: rule.severity,
    enforcementLevel: mandatory ? ("mandatory" as const) : ("advisory" as const),
    tags: [...rule.controls],
    remediationSteps: rule.solution,
    configSchema: configSchemaOf(rule),
  };
}

function reportFinding(report: ReportViolation, { rule, severity, kind, level, urn, message }: Finding): void {
  // Without a fixed level, the config decides: it can raise an advisory violation, but neither a waived nor an
  // undecided finding.
  const fixed = level === "mandatory" || kind !== "violation" ? { enforcementLevel: level } : {};
  // The SDK also accepts an object, which can set the level of one violation; its types do not say so.
  report({ name: rule, message, severity, urn, ...fixed } as unknown as string);
}

const options = ({ protect, ignoreChanges }: PolicyResourceOptions) => ({
  protect,
  ignoreChanges: ignoreChanges ?? [],
});

function stackResource({
  urn,
  type,
  name,
  props,
  opts,
  parent,
  dependencies,
  propertyDependencies,
}: PolicyResource): Resource {
  const byProperty = Object.entries(propertyDependencies).map(
    ([property, sources]) => [property, sources.map((one) => one.urn)] as const,
  );
  return new Resource({
    urn,
    type,
    name,
    properties: plain(props),
    ...options(opts),
    declaredBy: declaredByParents(parent),
    dependencies: { ...Object.fromEntries(byProperty), "": dependencies.map((one) => one.urn) },
  });
}

/** The environment and tier passed to the nearest parent component that has them. */
function declaredByParents(parent: PolicyResource | undefined): ReturnType<typeof declaredIn> & object {
  for (let component = parent; component !== undefined; component = component.parent) {
    const declared = declaredIn(plain(component.props));
    if (declared) return declared;
  }
  return {};
}

/**
 * The SDK returns proxies that throw on every unknown value. A plain copy marks such values instead, so that they
 * matter only to the rules that read them.
 */
function plain(value: Record<string, unknown>): Record<string, unknown> {
  const read = (get: () => unknown): unknown => {
    try {
      return copy(get());
    } catch (thrown) {
      if (thrown instanceof UnknownValueError) return unknown;
      throw thrown;
    }
  };
  const copy = (one: unknown): unknown => {
    if (Array.isArray(one)) return Array.from({ length: one.length }, (_, index) => read(() => one[index]));
    return typeof one === "object" && one !== null
      ? Object.fromEntries(Object.keys(one).map((name) => [name, read(() => (one as Record<string, unknown>)[name])]))
      : one;
  };
  return copy(value) as Record<string, unknown>;
}

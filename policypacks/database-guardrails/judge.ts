import { undecidedFinding, violationFinding, wrongTypeFinding, type Finding } from "./finding";
import { Undecided, WrongType } from "./properties";
import type { Resource, Stack } from "./resource";
import type { Rule, RuleSettings, Violation } from "./rule";
import { standingOf } from "./standing";

/** One rule on one resource: what it finds, and what it could not decide. */
export function judgeResource(rule: Rule, resource: Resource, settings: RuleSettings): Finding[] {
  if (!rule.check || !rule.types?.includes(resource.type)) return [];
  return findingsOf(rule, resource, () => rule.check?.(resource, settings) ?? []);
}

/** One rule on a whole stack. */
export function judgeStack(rule: Rule, stack: Stack, settings: RuleSettings): Finding[] {
  if (!rule.checkInStack || !rule.typesInStack) return [];
  return stack.of(...rule.typesInStack).flatMap((resource) => findingsOf(rule, resource, () => rule.checkInStack?.(resource, stack, settings) ?? []));
}

/** What a rule can't read is a verdict of its own: in the cloud's hands, sealed, or of the wrong type. Anything else thrown is a bug and stays one. */
function findingsOf(rule: Rule, resource: Resource, check: () => Iterable<Violation>): Finding[] {
  const standing = standingOf(resource);
  if (standing.throwaway && !rule.throwaways) return [];
  const findings: Finding[] = [];
  try {
    for (const violation of check()) findings.push(violationFinding(rule, resource, standing, violation));
  } catch (thrown) {
    if (thrown instanceof WrongType) findings.push(wrongTypeFinding(rule, resource, standing, thrown));
    else if (thrown instanceof Undecided) findings.push(...[undecidedFinding(rule, resource, standing, thrown) ?? []].flat());
    else throw thrown;
  }
  return findings;
}

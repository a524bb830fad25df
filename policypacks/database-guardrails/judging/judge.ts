import { undecidedFinding, violationFinding, wrongTypeFinding, type Finding } from "./finding";
import { Undecided, WrongType } from "../vocabulary/properties";
import type { Resource, Stack } from "../vocabulary/resource";
import type { AnySettings } from "./options";
import type { Found, Rule, RuleSettings } from "./rule";
import { isThrowaway, strictnessOf, type Strictness } from "../vocabulary/strictness";

/** Called when a rule needed a value that the RDS API does not report, so the resource was not judged by it. */
export type NoteNotReported = (rule: Rule, resource: Resource) => void;

/** Applies one rule to one resource: returns what it found, and what it could not decide. */
export function judgeResource(
  rule: Rule,
  resource: Resource,
  settings: AnySettings,
  notReported?: NoteNotReported,
): Finding[] {
  if (!rule.check || !rule.types?.includes(resource.type)) return [];
  return findingsOf(rule, resource, settings, () => rule.check?.(resource, settings) ?? [], notReported);
}

/** Applies one rule to a whole stack. */
export function judgeStack(rule: Rule, stack: Stack, settings: AnySettings, notReported?: NoteNotReported): Finding[] {
  if (!rule.checkInStack || !rule.typesInStack) return [];
  return stack
    .of(...rule.typesInStack)
    .flatMap((resource) =>
      findingsOf(rule, resource, settings, () => rule.checkInStack?.(resource, stack, settings) ?? [], notReported),
    );
}

/**
 * A value that a rule can't read becomes a separate finding: it is known only to the cloud, encrypted, or of the wrong
 * type. Any other exception is a bug.
 */
function findingsOf(
  rule: Rule,
  resource: Resource,
  { today, standard }: RuleSettings,
  check: () => Iterable<Found>,
  notReported?: NoteNotReported,
): Finding[] {
  // A resource that will soon be deleted is judged only by the rules that matter while it exists.
  if (!rule.throwaways && (resource.awaitingDeletion || isThrowaway(resource, today))) return [];
  const findings: Finding[] = [];
  const add = (found: Found) => {
    const finding = findingOf(rule, resource, strictnessOf(resource, standard), found, notReported);
    if (finding) findings.push(finding);
  };
  try {
    for (const found of check()) add(found);
  } catch (thrown) {
    if (!(thrown instanceof Undecided || thrown instanceof WrongType)) throw thrown;
    add(thrown);
  }
  return findings;
}

function findingOf(
  rule: Rule,
  resource: Resource,
  strictness: Strictness,
  found: Found,
  notReported?: NoteNotReported,
): Finding | undefined {
  if (found instanceof WrongType) return wrongTypeFinding(rule, resource, strictness, found);
  if (!(found instanceof Undecided)) return violationFinding(rule, resource, strictness, found);
  if (found.reason === "notReported") notReported?.(rule, resource);
  return undecidedFinding(rule, resource, strictness, found);
}

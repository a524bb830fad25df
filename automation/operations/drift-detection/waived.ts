/** Pure: the waivers of the guardrails that a difference breaks, and the controls that these serve. */
import { rules } from "../../../policypacks/database-guardrails/rules";
import type { Waiver } from "../../../policypacks/database-guardrails/waivers/waiver";
import { matchesGlob } from "../../../policypacks/database-guardrails/waivers/waiver-glob";
import type { Difference } from "./differences";

/** A waiver of one of the guardrails that a difference breaks. */
export interface WaiverOfDifference {
  rule: string;
  id: string;
  /** The last day it is valid. */
  expiresOn: string;
  isValid: boolean;
}

/** Of each broken guardrail the one that lasts longest: an expired one must not hide its renewal. */
export function waiversOf(
  { breaks }: Pick<Difference, "breaks">,
  /** Its URN, and its ARN where it is known: waivers of live databases name that. */
  resource: readonly string[],
  waivers: readonly Waiver[],
  today: string,
): WaiverOfDifference[] {
  return breaks.flatMap((rule) =>
    waivers
      .filter((one) => one.rule === rule && resource.some((name) => matchesGlob(one.resource, name)))
      .sort((one, other) => (one.expiresOn > other.expiresOn ? -1 : 1))
      .slice(0, 1)
      .map(({ id, expiresOn }) => ({ rule, id, expiresOn, isValid: expiresOn >= today })),
  );
}

/**
 * By which waivers it is allowed, and until when: only if each of the guardrails that it breaks is waived today. One
 * that breaks none has nothing to waive.
 */
export function waivedBy(
  { breaks }: Pick<Difference, "breaks">,
  waivers: readonly WaiverOfDifference[],
): string | null {
  const valid = waivers.filter(({ isValid }) => isValid);
  if (breaks.length === 0 || !breaks.every((rule) => valid.some((one) => one.rule === rule))) return null;
  return valid.map(({ id, expiresOn }) => `${id} until ${expiresOn}`).join(", ");
}

/** "RDS.2", "CKV_AWS_17": what auditors call it. A rule of the company's own serves what that company says. */
export const controlsOf = ({ breaks }: Pick<Difference, "breaks">): string[] => [
  ...new Set(rules.filter(({ id }) => breaks.includes(id)).flatMap(({ controls }) => controls)),
];

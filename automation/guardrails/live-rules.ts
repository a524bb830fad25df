/**
 * Rules that need more than the RDS API reports, entirely or for some resources: every report of live databases lists
 * them.
 */
import type { Resource } from "../../policypacks/database-guardrails/vocabulary/resource";
import type { BaselineEntry } from "../../policypacks/database-guardrails/baseline/baseline";
import type { Rule } from "../../policypacks/database-guardrails/judging/rule";
import type { QueriedCloud } from "../fleet-records";
import { unjudgedShownMax } from "./limits";
import { liveTypes } from "./live-inventory";

/** Rules that need resources of other APIs, or a program's options: on live databases they would always fail or pass. */
const ofOtherApis = ["require-alarms", "require-backup-plan", "forbid-hidden-drift"];

const typesOf = ({ types = [], typesInStack = [] }: Rule): string[] => [...types, ...typesInStack];
export const onlyOfStates = (rules: readonly Rule[]): readonly string[] =>
  rules
    .filter((rule) => ofOtherApis.includes(rule.id) || !typesOf(rule).some((type) => liveTypes.includes(type)))
    .map(({ id }) => id);

export class NotReportedLive {
  private readonly byRule = new Map<Rule, Set<Resource>>();

  /** With the rules that can't be applied at all. */
  constructor(private readonly onlyOfStates: readonly string[]) {}

  readonly note = (rule: Rule, resource: Resource): void => {
    this.byRule.set(rule, (this.byRule.get(rule) ?? new Set()).add(resource));
  };

  /** Whether a finding about this entry's resource would have been made. */
  wasJudged({ rule, resource }: BaselineEntry, { account, region }: QueriedCloud): boolean {
    const [, , , inRegion, ofAccount] = resource.split(":");
    const unread = [...this.byRule].some(
      ([{ id }, resources]) => id === rule && [...resources].some(({ urn }) => urn === resource),
    );
    return (
      resource.startsWith("arn:") &&
      inRegion === region &&
      ofAccount === account &&
      !this.onlyOfStates.includes(rule) &&
      !unread
    );
  }

  line(resources: readonly Resource[]): string {
    const [whole, partly]: [string[], string[]] = [[...this.onlyOfStates], []];
    for (const [rule, notReported] of this.byRule) {
      if (this.onlyOfStates.includes(rule.id)) continue;
      const applicable = resources.filter((resource) => resource.is(...typesOf(rule)));
      const names = [...notReported].map(({ name }) => name);
      const rest = names.length > unjudgedShownMax ? ` and ${names.length - unjudgedShownMax} more` : "";
      if (notReported.size === applicable.length) whole.push(rule.id);
      else partly.push(`${rule.id} of ${names.slice(0, unjudgedShownMax).join(", ")}${rest}`);
    }
    return `not judged here, since it needs more than the RDS API reports: ${[...whole.sort(), ...partly.sort()].join(", ")}`;
  }
}

import type { z } from "zod";
import type { Undecided, WrongType } from "../vocabulary/properties";
import type { Resource, Stack } from "../vocabulary/resource";

export const severities = ["critical", "high", "medium", "low"] as const;
export type Severity = (typeof severities)[number];

/** One thing found that must not be so: always with the value found, what is allowed, and what to change. */
export interface Violation {
  /** @default the resource as a whole */
  property?: string;
  found: unknown;
  allowed: string;
  change: string;
}

/** What a check comes upon: a violation, or a value that it cannot read and that hides nothing else (see `decided`). */
export type Found = Violation | Undecided | WrongType;

/** What every rule gets. */
export interface RuleSettings {
  /** For expiry. Never earlier than the real day, so that nothing expired is revived. */
  today: string;
  /** The properties that any rule judges, `auditedProperties`: a change of one must not go unnoticed. */
  audited: ReadonlySet<string>;
}
/** Beside that, what a config says to the rule's own options, and their defaults where it says nothing. */
export type SettingsOf<Options extends z.ZodRawShape> = RuleSettings & {
  readonly [name in keyof Options]: z.output<Options[name]>;
};

/** Everything there is to say about a rule; its page, its row in the tables and its enforcement follow from it. */
export interface Rule<Options extends z.ZodRawShape = z.ZodRawShape> {
  id: string;
  title: string;
  severity: Severity;
  /** The team responsible for the rule. */
  owner: string;
  /** Outside requirements it serves: Security Hub (RDS.3), checkov (CKV_AWS_16). */
  controls: readonly string[];
  /**
   * The properties it judges, of its resources and of those beside them. Together with those of the other rules they
   * are audited: ignoring a change of one hides drift. A rule's test fails where it reads more than it says here.
   */
  properties: readonly string[];
  why: string;
  solution: string;
  /** Judged on throwaways too. @default false */
  throwaways?: boolean;
  /** Asks for what the RDS API alone tells, so that no program or state can break it. @default false */
  onlyLive?: boolean;
  /**
   * What a config may tell the rule: each adds to what the rule asks for, and takes nothing from it. Its title says
   * what it is for, its description what is allowed; types, defaults, what `guard` and Pulumi accept, and the rule's
   * page come from it.
   * @default nothing
   */
  options?: Options;
  /** Which resources `check` is asked about: alone, before they are made, and in a state once more as they are. */
  types?: readonly string[];
  check?(resource: Resource, settings: SettingsOf<Options>): Iterable<Found>;
  /** Which resources `checkInStack` is asked about: beside all others of their stack, by their outputs. */
  typesInStack?: readonly string[];
  checkInStack?(resource: Resource, stack: Stack, settings: SettingsOf<Options>): Iterable<Found>;
}

/**
 * Nothing but its argument: it makes each rule's file read alike, and the compiler hold it to the interface. A rule
 * without options is told the day, and nothing else.
 */
export function defineRule<Options extends z.ZodRawShape = Record<never, never>>(rule: Rule<Options>): Rule<Options> {
  return rule;
}

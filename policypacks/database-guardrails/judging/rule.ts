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

/** What a pack's config may say; the same file serves `pulumi --policy-pack-config` and `shipshape guard --config`. */
export interface RuleSettings {
  /** For what expires. Never earlier than the real day, so that nothing is brought back to life. */
  today: string;
  /** Teams that may own something. @default any */
  teams?: readonly string[];
  /** Ports databases listen on, beside those that the databases of the stack name. @default 5432 */
  ports?: readonly number[];
}

/** Everything there is to say about a rule; its page, its row in the tables and its enforcement follow from it. */
export interface Rule {
  id: string;
  title: string;
  severity: Severity;
  /** Who answers for the rule, and changes it. */
  owner: string;
  /** Outside requirements it serves: Security Hub (RDS.3), checkov (CKV_AWS_16). */
  controls: readonly string[];
  /** Properties of the standard shape it guards; an ignored change of one hides drift. */
  properties: readonly string[];
  why: string;
  solution: string;
  /** Judged on throwaways too. @default false */
  throwaways?: boolean;
  /** Asks for what the RDS API alone tells, so that no program or state can break it. @default false */
  onlyLive?: boolean;
  /** Which resources `check` is asked about: alone, before they are made, and in a state once more as they are. */
  types?: readonly string[];
  check?(resource: Resource, settings: RuleSettings): Iterable<Found>;
  /** Which resources `checkInStack` is asked about: beside all others of their stack, by their outputs. */
  typesInStack?: readonly string[];
  checkInStack?(resource: Resource, stack: Stack, settings: RuleSettings): Iterable<Found>;
}

/** Nothing but its argument: it makes each rule's file read alike, and the compiler hold it to the interface. */
export function defineRule<R extends Rule>(rule: R): R {
  return rule;
}

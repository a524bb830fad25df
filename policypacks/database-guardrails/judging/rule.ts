import type { z } from "zod";
import type { Standard } from "../../../components/standards/standard";
import type { Undecided, WrongType } from "../vocabulary/properties";
import type { Resource, Stack } from "../vocabulary/resource";

export const severities = ["critical", "high", "medium", "low"] as const;
export type Severity = (typeof severities)[number];

/** One way in which a resource breaks a rule: the value found, what is allowed, and how to fix it. */
export interface Violation {
  /** @default none: the violation is about the resource as a whole */
  property?: string;
  found: unknown;
  allowed: string;
  change: string;
}

/** What a check yields: a violation, or a value that it could not read without stopping the check (see `decided`). */
export type Found = Violation | Undecided | WrongType;

/** The settings that every rule receives. */
export interface RuleSettings {
  /** What the company's databases are held to. */
  standard: Standard;
  /** For expiry dates. Never earlier than the real day, so that nothing expired becomes valid again. */
  today: string;
  /** The properties that any rule judges (`auditedProperties`): changes to them must not go unnoticed. */
  audited: ReadonlySet<string>;
  /**
   * What the signed evidence says of a database as a masked copy. Only what reads the control plane knows.
   * @default nothing is known: a rule that needs it is undecided
   */
  copyProofOf?: ((database: Resource) => CopyProof) | undefined;
}

/**
 * proven: a refresh has made it, and its time is not over. refuted: its time is over, or a later refresh has made it
 * doubtful. none: no refresh has made it. unknown: the evidence cannot be relied on.
 */
export interface CopyProof {
  word: "proven" | "refuted" | "none" | "unknown";
  reason: string;
}
/** In addition, the values of the rule's own options: from the config, or their defaults. */
export type SettingsOf<Options extends z.ZodRawShape> = RuleSettings & {
  readonly [name in keyof Options]: z.output<Options[name]>;
};

/** Everything about a rule; its page, its rows in the tables and its enforcement are derived from this. */
export interface Rule<Options extends z.ZodRawShape = z.ZodRawShape> {
  id: string;
  title: string;
  severity: Severity;
  /** The team responsible for the rule. */
  owner: string;
  /** External requirements that it serves, such as Security Hub (RDS.3) or Checkov (CKV_AWS_16). */
  controls: readonly string[];
  /**
   * The properties it judges, both on its own resources and on related ones. Together with those of the other rules
   * they are audited: ignoring changes to one hides drift. A rule's test fails if the rule reads a property that is
   * missing here.
   */
  properties: readonly string[];
  why: string;
  solution: string;
  /** Whether it applies to throwaways too. @default false */
  throwaways?: boolean;
  /** Reads what only the RDS API reports, so no program or state can violate it. @default false */
  onlyLive?: boolean;
  /**
   * What a config may set: each option can make the rule stricter, never less strict. An option's title says what it
   * is for, its description what is allowed; its type, its default, what `guard` and Pulumi accept, and the rule's
   * page are derived from it.
   * @default none
   */
  options?: Options;
  /** The types passed to `check`: one resource at a time, before creation, and again with actual values in a state. */
  types?: readonly string[];
  check?(resource: Resource, settings: SettingsOf<Options>): Iterable<Found>;
  /** The types passed to `checkInStack`: with all other resources of their stack, and with their outputs. */
  typesInStack?: readonly string[];
  checkInStack?(resource: Resource, stack: Stack, settings: SettingsOf<Options>): Iterable<Found>;
}

/**
 * Returns its argument: it makes the rules' files look alike, and lets the compiler check them against the interface. A
 * rule without options receives only the common settings.
 */
export function defineRule<Options extends z.ZodRawShape = Record<never, never>>(rule: Rule<Options>): Rule<Options> {
  return rule;
}

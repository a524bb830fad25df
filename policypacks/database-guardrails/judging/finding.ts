import { type Undecided, unknown, type WrongType } from "../vocabulary/properties";
import type { Resource } from "../vocabulary/resource";
import type { Rule, Severity, Violation } from "./rule";
import type { Strictness } from "../vocabulary/strictness";

export type Level = "mandatory" | "advisory";

/** What a rule says about one resource, in the form that every report shows, wherever the rule ran. */
export interface Finding {
  rule: string;
  severity: Severity;
  /**
   * `undecided`: the value is not known before deployment, or encrypted. `waived`: a violation with a valid waiver.
   * `baseline`: one that existed when guardrails were introduced.
   */
  kind: "violation" | "undecided" | "waived" | "baseline";
  level: Level;
  urn: string;
  type: string;
  name: string;
  /** The team named in the resource's `owner` tag. */
  owner: string | undefined;
  property?: string;
  /** The value that violates the rule, as its message shows it. */
  found?: string;
  /** Other values of the property that the program declares, and that violate the rule too. */
  declared?: string[];
  message: string;
  /** The file of the state it was found in, or of the waiver it is about. */
  file?: string;
  waiver?: { id: string; expiresOn: string; daysLeft: number };
  baseline?: { until: string; daysLeft: number };
}

/**
 * Critical and high always stop a change, medium only in production, low never. A config may raise the level; only a
 * waiver lowers it.
 */
export function levelOf(severity: Severity, strictness: Strictness): Level {
  if (severity === "critical" || severity === "high") return "mandatory";
  return severity === "medium" && strictness.production ? "mandatory" : "advisory";
}

export function violationFinding(
  rule: Rule,
  resource: Resource,
  strictness: Strictness,
  violation: Violation,
): Finding {
  const { property, found, allowed, change } = violation;
  const what = property === undefined ? shown(found) : `${property} is ${shown(found)}`;
  const message = `${resource.name}: ${what}; allowed: ${allowed}. To fix: ${change}.`;
  const finding = { ...base(rule, resource, strictness, "violation", message), found: shown(found) };
  return property === undefined ? finding : { ...finding, property };
}

const whyUndecided = {
  unknown: [
    "cannot be known before deployment",
    "give a plain value, or run `npx shipshape guard --state` after `pulumi up`",
  ],
  encrypted: [
    "is an encrypted secret here",
    "give a plain value, or judge the state with its secrets: `pulumi stack export --show-secrets | npx shipshape guard --state -`",
  ],
  evidence: [
    "are no proof of a masked copy, and the evidence that would be is not read here, or cannot be relied on",
    "`npx shipshape guard --live` reads it, where SHIPSHAPE_DATABASE_URL names the control plane's database",
  ],
  elsewhere: ["is declared in another stack", "judge that stack as well, or declare it here"],
} as const;

/**
 * Undefined if there is nothing to report: in a preview, an advisory rule can wait for the deployment. An encrypted
 * value is always reported, because it stays encrypted in the state.
 */
export function undecidedFinding(
  rule: Rule,
  resource: Resource,
  strictness: Strictness,
  { property, reason }: Undecided,
): Finding | undefined {
  if (reason === "notReported" || (reason === "unknown" && levelOf(rule.severity, strictness) !== "mandatory"))
    return undefined;
  const [why, change] = whyUndecided[reason];
  return {
    ...base(
      rule,
      resource,
      strictness,
      "undecided",
      `${resource.name}: ${property} ${why}, so ${rule.id} is undecided. To fix: ${change}.`,
    ),
    level: "advisory",
    property,
  };
}

export function wrongTypeFinding(
  rule: Rule,
  resource: Resource,
  strictness: Strictness,
  { property, found, expected }: WrongType,
): Finding {
  return violationFinding(rule, resource, strictness, {
    property,
    found,
    allowed: expected,
    change: `give ${property} as ${expected}`,
  });
}

function base(rule: Rule, resource: Resource, strictness: Strictness, kind: Finding["kind"], message: string): Finding {
  const { id, severity } = rule;
  const { urn, type, name } = resource;
  return {
    rule: id,
    severity,
    kind,
    level: levelOf(severity, strictness),
    urn,
    type,
    name,
    owner: strictness.owner,
    message,
  };
}

function shown(value: unknown): string {
  if (value === undefined) return "not set";
  if (value === unknown) return "not known yet";
  if (typeof value === "object" && value !== null) return Array.isArray(value) ? "a list" : "an object";
  return typeof value === "string" ? (value.includes(" ") ? value : `"${value}"`) : String(value);
}

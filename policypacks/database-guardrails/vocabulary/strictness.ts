import {
  environments,
  tiers,
  tierStandard,
  type Environment,
  type Tier,
  type TierStandard,
} from "../../../components/standards";
import { daysBetween } from "./days";
import { environmentIn, environmentInIdentifier, identifierOf, isRestored } from "./origin";
import type { Resource } from "./resource";
import { clusterInstance, databases } from "./types";

export const runTag = "shipshape:run";
export const expiryTag = "shipshape:expires-on";
export const ringTag = "shipshape:ring";

/**
 * A throwaway lives for hours; a week leaves time for a person to look at one. Beyond that it counts as a normal
 * database.
 */
export const throwawayDaysMax = 7;

/** How strictly a resource is judged. */
export interface Strictness {
  environment: Environment;
  tier: Tier;
  production: boolean;
  standard: TierStandard;
}

/**
 * Derived from its tags, its names and the component that created it. Without an environment or tier it is judged as
 * production gold, because nothing shows that less is enough. If they disagree, the stricter counts: a tag alone never
 * makes the rules less strict.
 */
export function strictnessOf(resource: Resource): Strictness {
  const { environment: declaredEnvironment, tier: declaredTier } = resource.declaredBy;
  const tagged = resource.tag("environment");
  const environment = strictest(environments, [
    tagged ?? "",
    ...namedEnvironments(resource),
    ...(declaredEnvironment === undefined ? [] : [declaredEnvironment]),
  ]);
  const tier = strictest(tiers, [resource.tag("tier") ?? "", ...(declaredTier === undefined ? [] : [declaredTier])]);
  return { environment, tier, production: environment === "production", standard: tierStandard(tier, environment) };
}

/** The lists start with the strictest value; an unknown word counts as that one. */
const strictest = <T extends string>(values: readonly [T, ...T[]], given: readonly string[]): T =>
  values[Math.min(...given.map((one) => Math.max(0, values.indexOf(one as T))))] ?? values[0];

/** Environment and tier in a component's arguments; undefined if it has neither. */
export function declaredIn(
  inputs: Readonly<Record<string, unknown>>,
): { environment?: string; tier?: string } | undefined {
  const { environment, tier } = inputs;
  if (typeof environment !== "string" && typeof tier !== "string") return undefined;
  return { ...(typeof environment === "string" && { environment }), ...(typeof tier === "string" && { tier }) };
}

/** The environment in a database's name or, if there is none, in its stack's name. */
function namedEnvironments(resource: Resource): Environment[] {
  const identifier = identifierOf(resource);
  const own = identifier === undefined ? undefined : environmentInIdentifier(identifier);
  const named = own ?? (resource.is(...databases, clusterInstance) ? environmentOfStack(resource) : undefined);
  return named === undefined ? [] : [named];
}

function environmentOfStack({ urn }: Resource): Environment | undefined {
  return urn.startsWith("urn:pulumi:")
    ? environmentIn(urn.slice("urn:pulumi:".length).split("::")[0] ?? "")
    : undefined;
}

/**
 * Whether it was created by a run and will soon be deleted, so that backups, alarms and the like would outlive it. It
 * must be a restored copy, have the tags of its run, and expire within days: if tags were enough, they could exempt any
 * database from most rules.
 */
export function isThrowaway(resource: Resource, today: string): boolean {
  const expiry = resource.tag(expiryTag);
  if (
    !resource.is(...databases) ||
    resource.tag(runTag) === undefined ||
    expiry === undefined ||
    Number.isNaN(Date.parse(expiry))
  )
    return false;
  const expiresOn = expiry.slice(0, 10);
  if (!(daysBetween(today, expiresOn) <= throwawayDaysMax)) return false;
  // A database older than any throwaway was not created to be deleted, whatever expiry its tags give now.
  const { createdAt, reportedBy, adopted } = resource;
  if (createdAt !== undefined && !(daysBetween(createdAt.slice(0, 10), expiresOn) <= throwawayDaysMax)) return false;
  // Neither the API nor the state of an adopted database shows what it was created from, but both show when, and
  // whether it has backups.
  if (reportedBy === "api" || adopted) return createdAt !== undefined && resource.number("backupRetentionPeriod") === 0;
  return isRestored(resource);
}

/** "production gold", for example: tells the reader why the rule is this strict. */
export const namedStrictness = ({ environment, tier }: Strictness): string => `${environment} ${tier}`;

/**
 * For copies the least strict counts: a copy tagged as production whose own name or stack says otherwise does not count
 * as production.
 */
export function environmentOfCopy(copy: Resource): Environment {
  const tagged = environments.find((one) => one === copy.tag("environment")) ?? "production";
  return (
    [tagged, ...namedEnvironments(copy), environmentOfStack(copy) ?? tagged].find((one) => one !== "production") ??
    "production"
  );
}

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
 * A throwaway lives for hours; a week leaves room for one that a person has to look at. Beyond that it is a database
 * like any other.
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
 * By its tags, its names and the component that made it. One that names no environment or tier is judged as production
 * gold: nobody said that less would do. Where they differ the stricter counts: a tag is not enough to be asked for
 * less.
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

/** The lists begin with the strictest, and a word that they don't have counts as that. */
const strictest = <T extends string>(values: readonly [T, ...T[]], given: readonly string[]): T =>
  values[Math.min(...given.map((one) => Math.max(0, values.indexOf(one as T))))] ?? values[0];

/** Of what a component was given; undefined where it is none that says so. */
export function declaredIn(
  inputs: Readonly<Record<string, unknown>>,
): { environment?: string; tier?: string } | undefined {
  const { environment, tier } = inputs;
  if (typeof environment !== "string" && typeof tier !== "string") return undefined;
  return { ...(typeof environment === "string" && { environment }), ...(typeof tier === "string" && { tier }) };
}

/** What a database's name speaks of, and where it speaks of none, its stack's. */
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
 * Made by a run and about to be removed: backups, alarms and the like would outlive it. That is told by what it is, a
 * restored copy, beside the tags of its run, and it ends within days: tags alone would let any database out of most
 * rules.
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
  // One that is older than any throwaway was not made to be removed, whatever day its tags name this week.
  const { createdAt, reportedBy, adopted } = resource;
  if (createdAt !== undefined && !(daysBetween(createdAt.slice(0, 10), expiresOn) <= throwawayDaysMax)) return false;
  // The API, and the state of one that was adopted, do not say what a database was made of, but when, and whether it
  // has backups.
  if (reportedBy === "api" || adopted) return createdAt !== undefined && resource.number("backupRetentionPeriod") === 0;
  return isRestored(resource);
}

/** "production gold": why so much is asked. */
export const namedStrictness = ({ environment, tier }: Strictness): string => `${environment} ${tier}`;

/**
 * Here the least strict counts: a copy that says it is production's, and whose own name or stack says otherwise, is not
 * believed.
 */
export function environmentOfCopy(copy: Resource): Environment {
  const tagged = environments.find((one) => one === copy.tag("environment")) ?? "production";
  return (
    [tagged, ...namedEnvironments(copy), environmentOfStack(copy) ?? tagged].find((one) => one !== "production") ??
    "production"
  );
}

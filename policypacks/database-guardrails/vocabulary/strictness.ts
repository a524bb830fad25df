import {
  environmentsOf,
  isProduction,
  tiersOf,
  tierStandard,
  type Standard,
} from "../../../components/standards/standard";
import { daysBetween } from "./days";
import { environmentIn, environmentInIdentifier, identifierOf, isRestored } from "./origin";
import type { Resource } from "./resource";
import { clusterInstance, databases } from "./types";

export const runTag = "shipshape:run";
export const expiryTag = "shipshape:expires-on";

/**
 * A throwaway lives for hours; a week leaves time for a person to look at one. Beyond that it counts as a normal
 * database.
 */
export const throwawayDaysMax = 7;

/** How strictly a resource is judged. */
export interface Strictness {
  environment: string;
  tier: string;
  production: boolean;
  standard: ReturnType<typeof tierStandard>;
  /** The team that its findings are for. */
  owner: string | undefined;
}

/**
 * Derived from its tags, its names and the component that created it. Without an environment or tier it is judged as
 * production of the strictest tier, because nothing shows that less is enough. If they disagree, the stricter counts: a
 * tag alone never makes the rules less strict.
 */
export function strictnessOf(resource: Resource, standard: Standard): Strictness {
  const { environment: declaredEnvironment, tier: declaredTier } = resource.declaredBy;
  const { tags } = standard;
  const tagged = resource.tag(tags.environment.key);
  const environment = strictest(environmentsOf(standard), [
    tagged ?? "",
    ...namedEnvironments(resource, standard),
    ...(declaredEnvironment === undefined ? [] : [declaredEnvironment]),
  ]);
  const tier = strictest(tiersOf(standard), [
    resource.tag(tags.tier.key) ?? "",
    ...(declaredTier === undefined ? [] : [declaredTier]),
  ]);
  return {
    environment,
    tier,
    production: isProduction(standard, environment),
    standard: tierStandard(standard, tier, environment),
    owner: resource.tag(tags.owner.key),
  };
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
function namedEnvironments(resource: Resource, standard: Standard): string[] {
  const identifier = identifierOf(resource);
  const own = identifier === undefined ? undefined : environmentInIdentifier(identifier, standard);
  const named =
    own ?? (resource.is(...databases, clusterInstance) ? environmentOfStack(resource, standard) : undefined);
  return named === undefined ? [] : [named];
}

function environmentOfStack({ urn }: Resource, standard: Standard): string | undefined {
  return urn.startsWith("urn:pulumi:")
    ? environmentIn(urn.slice("urn:pulumi:".length).split("::")[0] ?? "", standard)
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
export function environmentOfCopy(copy: Resource, standard: Standard): string {
  const [strictest, ...others] = environmentsOf(standard);
  const tagged = others.find((one) => one === copy.tag(standard.tags.environment.key)) ?? strictest;
  const named = [tagged, ...namedEnvironments(copy, standard), environmentOfStack(copy, standard) ?? tagged];
  return named.find((one) => !isProduction(standard, one)) ?? tagged;
}

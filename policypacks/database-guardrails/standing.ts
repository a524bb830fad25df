import { environments, tiers, tierStandard, type Environment, type Tier, type TierStandard } from "../../components/standards";
import { daysBetween } from "./days";
import { environmentIn, identifierOf, isRestored } from "./origin";
import type { Resource } from "./resource";
import { databases } from "./types";

export const runTag = "shipshape:run";
export const expiryTag = "shipshape:expires-on";
export const ringTag = "shipshape:ring";

/** A throwaway lives for hours; a week leaves room for one that a person has to look at. Beyond that it is a database like any other. */
export const throwawayDaysMax = 7;

/** How strictly a resource is judged. */
export interface Standing {
  environment: Environment;
  tier: Tier;
  production: boolean;
  standard: TierStandard;
}

/** By its tags. One that names no environment or tier is judged as production gold: nobody said that less would do. */
export function standingOf(resource: Resource): Standing {
  const environment = among(environments, resource.tag("environment")) ?? "production";
  const tier = among(tiers, resource.tag("tier")) ?? "gold";
  return { environment, tier, production: environment === "production", standard: tierStandard(tier, environment) };
}

/**
 * Made by a run and about to be removed: backups, alarms and the like would outlive it. That is told by what it is, a restored copy, beside the
 * tags of its run, and it ends within days: tags alone would let any database out of most rules.
 */
export function isThrowaway(resource: Resource, today: string): boolean {
  const expiry = resource.tag(expiryTag);
  if (!resource.is(...databases) || resource.tag(runTag) === undefined || expiry === undefined || Number.isNaN(Date.parse(expiry))) return false;
  const expiresOn = expiry.slice(0, 10);
  if (!(daysBetween(today, expiresOn) <= throwawayDaysMax)) return false;
  if (resource.toldBy !== "api") return isRestored(resource);
  // The API does not say what a database was made of, but when: one that is older than any throwaway, or has backups, was not made to be removed.
  return (
    resource.createdAt !== undefined &&
    resource.number("backupRetentionPeriod") === 0 &&
    daysBetween(resource.createdAt.slice(0, 10), expiresOn) <= throwawayDaysMax
  );
}

/** "production gold": why so much is asked. */
export const namedStanding = ({ environment, tier }: Standing): string => `${environment} ${tier}`;

/** A copy that says it is production's, and whose own name or stack says otherwise, is not believed. */
export function environmentOfCopy(copy: Resource): Environment {
  const { environment } = standingOf(copy);
  if (environment !== "production") return environment;
  const stack = copy.urn.startsWith("urn:pulumi:") ? copy.urn.slice("urn:pulumi:".length).split("::")[0] : undefined;
  const named = [identifierOf(copy), stack].flatMap((name) => (name === undefined ? [] : (environmentIn(name) ?? [])));
  return named.find((one) => one !== "production") ?? environment;
}

function among<T extends string>(values: readonly T[], value: string | undefined): T | undefined {
  return values.find((one) => one === value);
}

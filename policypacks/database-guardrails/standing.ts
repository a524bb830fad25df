import { environments, tiers, tierStandard, type Environment, type Tier, type TierStandard } from "../../components/standards";
import type { Resource } from "./resource";

export const runTag = "shipshape:run";
export const expiryTag = "shipshape:expires-on";
export const ringTag = "shipshape:ring";
export const purposeTag = "shipshape:purpose";
export const maskingTag = "shipshape:masking-profile";

/** How strictly a resource is judged. */
export interface Standing {
  environment: Environment;
  tier: Tier;
  production: boolean;
  /** Made by a run and about to be removed: backups, alarms and the like would outlive it. */
  throwaway: boolean;
  standard: TierStandard;
}

/** By its tags. One that names no environment or tier is judged as production gold: nobody said that less would do. */
export function standingOf(resource: Resource): Standing {
  const environment = among(environments, resource.tag("environment")) ?? "production";
  const tier = among(tiers, resource.tag("tier")) ?? "gold";
  return {
    environment,
    tier,
    production: environment === "production",
    throwaway: resource.tag(runTag) !== undefined,
    standard: tierStandard(tier, environment),
  };
}

/** "production gold": why so much is asked. */
export const namedStanding = ({ environment, tier }: Standing): string => `${environment} ${tier}`;

function among<T extends string>(values: readonly T[], value: string | undefined): T | undefined {
  return values.find((one) => one === value);
}

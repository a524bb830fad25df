import {
  environments,
  tiers,
  tierStandard,
  type Environment,
  type Tier,
  type TierStandard,
} from "../components/standards";

/** How strictly a database is judged, by its tags. Without `environment` or `tier`: as production gold, the strictest. */
export function tierOf(tags: Record<string, string>): { tier: Tier; environment: Environment; standard: TierStandard } {
  const tier = tagged(tags["tier"], tiers, "gold");
  const environment = tagged(tags["environment"], environments, "production");
  return { tier, environment, standard: tierStandard(tier, environment) };
}

const tagged = <T extends string>(value: string | undefined, known: readonly T[], otherwise: T): T =>
  known.find((k) => k === value) ?? otherwise;

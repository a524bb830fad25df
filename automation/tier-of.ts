import { environmentsOf, tiersOf, tierStandard, type Standard } from "../components/standards/standard";
import type { HeldTo, PlanBasis } from "./records";

export interface Strictness {
  tier: string;
  environment: string;
  objectives: ReturnType<typeof tierStandard>;
}

/**
 * How strictly a database is judged, by its tags. Without an environment or tier that the standard knows: as the
 * strictest.
 */
export function tierOf(tags: Record<string, string>, standard: Standard): Strictness {
  const tier = tagged(tags[standard.tags.tier.key], tiersOf(standard));
  const environment = tagged(tags[standard.tags.environment.key], environmentsOf(standard));
  return { tier, environment, objectives: tierStandard(standard, tier, environment) };
}

/** The same for a plan, and so for the evidence. */
export function heldTo(tags: Record<string, string>, standard: Standard): HeldTo {
  const { tier, environment } = tierOf(tags, standard);
  const { name, version, digest } = standard;
  return { standard: { name, version, digest }, tier, environment, owner: tags[standard.tags.owner.key] ?? null };
}

/** Whether a plan was made by this standard. One of another is planned and decided again: its objectives may differ. */
export const followsStill = (plan: PlanBasis, { digest }: Standard): boolean => plan.heldTo?.standard.digest === digest;

/** The first is the strictest. */
const tagged = (value: string | undefined, known: [string, ...string[]]): string =>
  known.find((one) => one === value) ?? known[0];

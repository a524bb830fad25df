/** Pure: which databases of the fleet a request is about, by what they have in common, and how people name those. */
import type { Standard } from "../../components/standards/standard";
import type { TargetDatabase } from "../fleet-records";
import type { Check } from "../records";
import { tierOf } from "../tier-of";
import { type scopeFilters } from "./scope-fields";

type Place = Pick<TargetDatabase, "account" | "region">;
type Wanted<Of extends string> = { [Name in Of]?: string | undefined };
export type FleetScope = Wanted<(typeof scopeFilters)[number]> & Wanted<keyof Place>;

export function isInScope(
  scope: FleetScope,
  one: Place & Pick<{ tags: Record<string, string> }, "tags">,
  standard: Standard,
): boolean {
  const { tier, environment } = tierOf(one.tags, standard);
  return (
    isThere(scope, one) &&
    is(scope.owner, one.tags[standard.tags.owner.key]) &&
    is(scope.service, one.tags[standard.tags.service.key]) &&
    is(scope.tier, tier) &&
    is(scope.environment, environment)
  );
}

export const isThere = (wanted: Wanted<keyof Place>, found: Place): boolean =>
  is(wanted.account, found.account) && is(wanted.region, found.region);

const is = (wanted: string | undefined, found: string | undefined) => wanted === undefined || wanted === found;

/** What people call it: "fleet", or "tier gold, owner team-orders". */
export const namedScope = <Filter extends string>(
  request: { fleet?: boolean | undefined } & Wanted<Filter | keyof Place>,
  filters: readonly Filter[],
): string =>
  [
    ...(request.fleet ? ["fleet"] : []),
    ...[...filters, "account" as const, "region" as const].flatMap((name) => {
      const value = request[name];
      return value === undefined ? [] : [`${name} ${value}`];
    }),
  ].join(", ");

/** Passes if nothing was found; otherwise names the first of what was. */
export function nothingFound(
  name: string,
  verdict: "fail" | "inconclusive",
  found: readonly string[],
  { none, figures = {}, namedMax }: { none: string; figures?: Check["figures"]; namedMax: number },
): Check {
  if (found.length === 0) return { name, verdict: "pass", explanation: none, figures };
  const more = found.length > namedMax ? `; and ${found.length - namedMax} more` : "";
  return { name, verdict, explanation: `${found.slice(0, namedMax).join("; ")}${more}`, figures };
}

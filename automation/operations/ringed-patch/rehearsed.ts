/**
 * Pure: whether a patch of a database was rehearsed on one that is like it. Where the standard denies changes without a
 * proven recovery, it is not patched unrehearsed, either; elsewhere the plan says so.
 */
import type { Standard } from "../../../components/standards/standard";
import type { Obstacle } from "../../patches/obstacles";
import { canonicalJson } from "../../records";
import type { RehearsedClass, SignedRehearsal } from "../../rehearsal-records";
import { tierOf } from "../../tier-of";

export interface FoundRehearsal {
  requestId: string;
  /** The database whose copy was patched. */
  of: string;
  downtimeSeconds: number;
}

/** The newest of its class decides: a later one that failed withdraws an earlier pass. Or why there is none. */
export function rehearsalOf(
  one: RehearsedClass,
  newestFirst: readonly SignedRehearsal[],
  today: string,
): FoundRehearsal | string {
  const key = canonicalJson(one);
  const newest = newestFirst.find(({ rehearsed }) => canonicalJson(rehearsed) === key);
  if (!newest) return `none of ${one.from} to ${one.to} on ${one.instanceClass} with ${namesOf(one.extensions)}`;
  const { requestId, identifier, verdict, downtimeSeconds, expiresOn } = newest;
  if (verdict !== "pass" || downtimeSeconds === null) return `${requestId}, of ${identifier}, ended with ${verdict}`;
  if (expiresOn < today) return `${requestId}, of ${identifier}, was valid until ${expiresOn}`;
  return { requestId, of: identifier, downtimeSeconds };
}

const namesOf = (extensions: readonly string[]): string =>
  extensions.length === 0 ? "no extensions" : extensions.join(", ");

/** Of one whose rehearsal is missing: what keeps it, if its tier wants one. */
export const unrehearsed = (why: string, tags: Record<string, string>, standard: Standard): Obstacle[] =>
  tierOf(tags, standard).objectives.unprovenRecovery === "denied"
    ? [{ kind: "rehearsal", detail: `its tier wants a rehearsal of the patch, and there is ${why}` }]
    : [];

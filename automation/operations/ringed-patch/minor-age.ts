/** Pure: whether the community's release of a minor is old enough for a database, by the ring of its tier. */
import type { Ring } from "../../../components/standards/fixed";
import type { Obstacle } from "../../patches/obstacles";
import { releasedOn } from "../../patches/postgres-releases";
import { minorAgeDaysMin, unknownAgeWaiverDays } from "./limits";

/** For a fix that cannot wait. It is part of the plan: who approves that approves it. */
export interface AgeWaiver {
  rule: "minor-age";
  resource: string;
  /** The fix: "CVE-2026-2005". */
  reason: string;
  /** When every tier takes the minor without it. */
  expiresOn: string;
}

export function tooYoung(version: string, ring: Ring, today: string): Obstacle | undefined {
  const daysMin = minorAgeDaysMin[ring];
  if (daysMin === 0) return undefined;
  const day = releasedOn(version);
  if (day === undefined)
    return {
      kind: "age",
      detail: `the day of the release of ${version} is not known, and its tier wants ${daysMin} days`,
    };
  const from = dayAfter(day, daysMin);
  return today >= from
    ? undefined
    : { kind: "age", detail: `its tier takes ${version} from ${from} on, ${daysMin} days after its release` };
}

export function ageWaiver(version: string, reason: string | undefined, today: string): AgeWaiver | null {
  if (reason === undefined) return null;
  const day = releasedOn(version);
  const expiresOn =
    day === undefined
      ? dayAfter(today, unknownAgeWaiverDays)
      : dayAfter(day, Math.max(...Object.values(minorAgeDaysMin)));
  return expiresOn <= today ? null : { rule: "minor-age", resource: version, reason, expiresOn };
}

const dayAfter = (day: string, days: number): string =>
  new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10);

/** Pure: what a look at a database means for a finding about one difference of it. */
import type { Compared, FoundDifference } from "../difference-records";

/** A finding as it was before the look. */
export interface StoredDifference {
  id: string;
  isOpen: boolean;
  /** Whether a detection no longer found it; otherwise a person has answered what is not open. */
  isGone: boolean;
  /** When the follow-up of the last answer ended; null if there is none, or it has not. */
  followedUpAt: Date | null;
  difference: FoundDifference;
  lookedAt: Date;
}

/** The newest look at a part of the database. */
export interface Look {
  source: string;
  lookedAt: Date;
  unread: readonly string[];
}

/** outdated: a newer look has already said what is so. answered: it is as it was when a person answered. */
export type AfterSeen = "opened" | "seen" | "changed" | "answered" | "outdated";

export function afterSeen(
  stored: StoredDifference | undefined,
  difference: FoundDifference,
  lookedAt: Date,
  looks: readonly Look[],
): AfterSeen {
  if (isOutdated(difference, lookedAt, looks)) return "outdated";
  if (!stored) return "opened";
  if (stored.lookedAt > lookedAt) return "outdated";
  const isChanged = stored.difference.actual !== difference.actual;
  if (stored.isOpen) return isChanged ? "changed" : "seen";
  if (stored.isGone || isChanged) return "opened";
  // What was to fix it has ended, and it is still there.
  return stored.followedUpAt !== null && stored.followedUpAt < lookedAt ? "opened" : "answered";
}

/** closed: an open one is gone. gone: one that a person has answered is; that answer says nothing of the next time. */
export type AfterAbsent = "closed" | "gone" | "unknown";

export function afterAbsent(stored: StoredDifference, compared: Compared, lookedAt: Date): AfterAbsent {
  const { source, place } = stored.difference;
  if (stored.lookedAt > lookedAt || !compared.sources.includes(source) || compared.unread.includes(place))
    return "unknown";
  if (stored.isOpen) return "closed";
  return stored.isGone ? "unknown" : "gone";
}

const isOutdated = ({ source, place }: FoundDifference, lookedAt: Date, looks: readonly Look[]): boolean =>
  looks.some((look) => look.source === source && look.lookedAt > lookedAt && !look.unread.includes(place));

/** What one run says of how a database differs from what is declared, for the stage that keeps it and for clients. */
import type { TargetDatabase } from "./fleet-records";

export type DifferenceSeverity = "critical" | "high" | "medium" | "low";

/** A difference that a person must answer. */
export interface FoundDifference {
  /** The same as long as it is about the same property of the same thing of the same database, whatever its values. */
  key: string;
  /** What compared it: what one source did not read, another says nothing of. */
  source: string;
  /** The thing it is about. */
  place: string;
  /** Short, for people: "orders-instance.multiAz". */
  name: string;
  /** Null: the thing as a whole. */
  property: string | null;
  desired: string;
  actual: string;
  class: string;
  reason: string;
  severity: DifferenceSeverity;
  /** The guardrails that the actual value breaks and the declared one does not, and the controls that these serve. */
  breaks: string[];
  controls: string[];
  /** Who changed it, and when; null: it is not recorded. */
  changedBy: string | null;
  /** The waiver that allows it until a day; null: none does. */
  waivedBy: string | null;
  owner: string | null;
  /** What to do about it. */
  remedy: string;
}

/** What a run compared, and what differs. */
export interface Compared {
  differences: FoundDifference[];
  /** The sources that were read, but for these places: of what was not read, nothing is known. */
  sources: readonly string[];
  unread: readonly string[];
  /** When the look began, by the clock of the worker. @default when the run began */
  lookedAt?: string | undefined;
}

/** The database of a look: known for good, or only by the name that was asked for. */
export type LookedAt = TargetDatabase | { identifier: string; account?: string; region?: string };

/** A difference as findings have it. */
export interface DifferenceFinding {
  id: string;
  database: LookedAt;
  difference: FoundDifference;
  /** How often it was opened. */
  opened: number;
  /** Since it was opened last. */
  firstSeen: Date;
  lastSeen: Date;
  /** The request whose run opened it, and the one that saw it last. */
  openedBy: string;
  seenBy: string;
}

/** The newest look at a database. */
export interface DatabaseLook {
  identity: string;
  target: string;
  owner: string | null;
  requestId: string;
  lookedAt: Date;
}

/** How many differences were opened and closed since a moment, and how many were and are open. */
export interface DifferenceTrend {
  since: Date;
  opened: number;
  closed: number;
  openThen: number;
  openNow: number;
}

/** Pure: what a run says of how databases differ from what is declared, for the stage that keeps it and for clients. */
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
  /** It was changed outside, nothing declares it, or it could not be compared. */
  class: "drift" | "unmanaged" | "unreadable";
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
  /** Which declares the database; null: none does, or it is not known. */
  stack: string | null;
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

/** What a run says of one database. */
export interface ComparedDatabase extends Compared {
  database: LookedAt;
  owner: string | null;
}

/** What a run says of databases. */
export interface Comparison {
  databases: ComparedDatabase[];
  /** Whether the differences say all that its verdict does: then that is no finding of its own. */
  isTold: boolean;
  /** Every database that there was; of no other one is anything left to differ. @default it does not know all */
  present?: LookedAt[] | undefined;
}

/** That a database could not be compared at all is a difference, too: nothing is known of it. */
export const notCompared = (
  { identifier, owner }: { identifier: string; owner: string | null },
  reason: string,
): FoundDifference => ({
  ...{ key: "run", source: "run", place: `database ${identifier}`, name: identifier, property: null },
  ...{ desired: "compared", actual: "could not be read", class: "unreadable", severity: "high", reason },
  ...{ breaks: [], controls: [], changedBy: null, waivedBy: null, owner, stack: null },
  remedy: "fix what the reason names; the next detection closes this",
});

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

/** What a run has done to a finding about a difference. */
export interface FindingEvent {
  id: string;
  what: "opened" | "changed" | "closed";
  difference: FoundDifference;
}

/** How many differences were opened and closed since a moment, and how many were and are open. */
export interface DifferenceTrend {
  since: Date;
  opened: number;
  closed: number;
  openThen: number;
  openNow: number;
}

/** Which differences: those for which all of these hold. */
export interface DifferenceFilter {
  database?: string | undefined;
  owner?: string | undefined;
  severity?: string | undefined;
  class?: string | undefined;
}

/** "123456789012 eu-central-1 orders" */
export const databaseText = ({ account, region, identifier }: LookedAt): string =>
  [account, region, identifier].filter((part) => part !== undefined).join(" ");

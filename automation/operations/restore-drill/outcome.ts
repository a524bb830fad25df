/** What the steps of a drill record. */
import type { AssertionResult } from "../../targets/assertion-run";
import type { CatalogLosses } from "../../targets/catalog-comparison";
import type { CatalogInventory } from "../../targets/catalog-inventory";
import type { Marker } from "../../targets/recovery-markers";
import type { RecoveryPoint } from "../../targets/recovery-point";
import type { ComparedSequences, SequenceValue } from "../../targets/sequences";
import type { StructureReport } from "../../targets/structure-verification";

export interface Phase {
  name: string;
  beganAt: string;
  endedAt: string;
}

/** Why a check could not be made: that says nothing for or against the backup. */
export interface Undecided {
  undecided: string;
}

export interface BracketingMarkers {
  before: Marker;
  after: Marker;
  /** The first marker as the source had it after the second was written: null if it was gone. */
  beforeAgain: Marker | null;
}

/** A commit of the source, and when the copy says that its transaction was committed; null: not at all. */
export interface Witness {
  committedAt: string;
  inCopyAt: string | null;
}
export interface Witnesses {
  before: Witness | null;
  after: Witness | null;
}

/** The source's catalog and sequences before the recovery target, and after it. */
export interface SourceState {
  catalog: CatalogInventory;
  sequences: SequenceValue[];
}
export interface SourceAround {
  before: SourceState | Undecided;
  after: SourceState | Undecided;
}

export interface ComparedCatalogs {
  restored: CatalogInventory;
  /** Roles that the copy refers to and lacks. */
  missing: string[];
  /** What the copy lacks of the source's; null if that could not be told. */
  losses: CatalogLosses | null;
}

/** What was found in the copy. */
export interface Found {
  /** Null if none were written. */
  markers: Marker[] | Undecided | null;
  recoveryPoint: RecoveryPoint | Undecided;
  /** Null for a snapshot, which has no target. */
  witnesses: Witnesses | Undecided | null;
  /** Null if the target is in the past: nothing was read then. */
  source: { before: CatalogInventory | Undecided; after: CatalogInventory | Undecided } | null;
  catalog: ComparedCatalogs | Undecided;
  sequences: ComparedSequences | Undecided;
  structure: StructureReport;
  assertions: Record<string, AssertionResult>;
}

/** What the steps recorded, as far as the drill got. */
export interface RestoreDrillOutcome {
  phases: Phase[];
  /** No restore could be requested: there is no backup, or the backups lack what was committed long ago. */
  notRestorable: { at: string; reason: string } | null;
  /** Null for a snapshot, and if none was chosen yet. */
  recoveryTarget: string | null;
  markers: BracketingMarkers | null;
  restore:
    | { succeeded: true; askedAt: string; firstQueryAt: string; endpoint: string; resourceId: string }
    | { succeeded: false; askedAt: string; failedAt: string; reason: string }
    | null;
  found: Found | null;
}

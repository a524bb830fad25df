/** What the steps of a refresh record. No value of a row is in it. */
import type { CopyState } from "../../copy-records";
import type { LeakReport } from "../../masking/leak-report";
import type { CopiedDatabase } from "../../targets/masked-copy/copy-database";
import type { CopyDifferences } from "../../targets/masked-copy/copy-state";
import type { CopyValidation } from "../../targets/masked-copy/copy-validation";

/** What later steps need to know of the copying. */
export type CopyRecord = Omit<CopiedDatabase, "sequences">;

export interface CopyFigures {
  tables: number;
  rows: number;
  bytes: number;
  /** Values that their mask left as they were, and masked values in all tables. */
  unchanged: number;
  seconds: number;
}

/** What the search found; and, if that is nothing, what it has searched. */
export interface SearchedCopy extends LeakReport {
  state?: CopyState;
}

/** What a target that was restored from an earlier copy is, beside what that was when it was searched. */
export interface ComparedCopy extends CopyDifferences {
  /** What was not searched: other databases, tables beside them. */
  beside: string[];
  /** Whether its content is the one that the earlier refresh has handed over. */
  isThat: boolean;
  seconds: number;
}

export interface RefreshOutcome {
  /** Nothing could be restored. */
  notRestorable: { at: string; reason: string } | null;
  /** The moment whose data it is. */
  recoveryPoint: string | null;
  /** The resource id of staging; or why the restore failed. */
  restore: { succeeded: true; resourceId: string } | { succeeded: false; failedAt: string; reason: string } | null;
  /** The instance that has the copy. */
  target: { identifier: string; resourceId: string; arn: string } | null;
  copied: CopyFigures | null;
  validation: CopyValidation | null;
  disarmed: number | null;
  leaks: SearchedCopy | null;
  /** Of a copy that is made of an earlier one: nothing of the above but its target and its data's moment. */
  compared?: ComparedCopy | null;
  /** Null: nobody sees it. */
  handedOver: { at: string } | null;
}

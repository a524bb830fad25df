import type { ChildEnd } from "./records";

/** What a run has left behind: how it ended, and the statement that it sealed; the verdict is what that says. */
export interface SealedRun extends ChildEnd {
  /** SHA-256 of the statement's envelope, in hex; null without one. */
  evidence: string | null;
  /** Of its error. */
  reason: string | null;
}

/** Pure: the wording of alerts: what happened, to which database, whose it is, and the command that helps. */
import { createHash } from "node:crypto";
import { printable, shortened } from "../printable";
import type { Alert } from "../alert-records";
import { alertTextCharactersMax } from "./limits";

/** What people are told, and under which title. */
export const alertTitles = {
  "verdict-fail": "A run ended with the verdict fail",
  "verdict-inconclusive": "A run ended with the verdict inconclusive",
  "verdict-halted": "A train of patches is halted and waits for people",
  "run-failed": "A request ended without a verdict",
  "run-lost": "A run was lost",
  "clean-up-stuck": "A clean-up is stuck",
  "throwaway-outlived": "A throwaway still exists after its expiry",
  "change-overdue": "A delivered change was not made in time",
  "change-contradicted": "Something else was changed than was delivered",
  "difference-critical": "A critical difference from what is declared",
  "database-unreadable": "A database cannot be compared with what is declared",
  "difference-gone": "A difference is gone",
  "approval-expires": "A plan that waits for approval is about to expire",
  "evidence-expires": "Recovery evidence is about to expire",
  "evidence-expired": "Recovery evidence has expired",
  "copy-expires": "A masked copy is about to be removed",
  "waiver-expires": "A waiver is about to expire",
  "waiver-expired": "A waiver has expired",
} as const;
export type AlertKind = keyof typeof alertTitles;

export interface Fact {
  kind: AlertKind;
  /** Identifies the fact among those of its kind: the same fact always has the same subject, and no other has it. */
  subject: string;
  /** Undefined if it is not about one database. */
  database: string | undefined;
  owner: string | undefined;
  /** What happened, in a sentence. */
  what: string;
  /** What to do: a command that exists. */
  command: string;
  requestId?: string;
}

export const alertOf = ({ kind, subject, database, owner, what, command, requestId }: Fact): Alert => ({
  key: createHash("sha256").update(`${kind}\n${subject}`).digest("hex").slice(0, 32),
  kind,
  title: alertTitles[kind],
  database: database === undefined ? null : shown(database),
  owner: owner === undefined ? null : shown(owner),
  what: shown(what),
  command: shown(command),
  requestId: requestId ?? null,
});

/**
 * Names, tags and messages are other people's text: no control characters, no links that a reader might follow, and no
 * more than fits.
 */
function shown(text: string): string {
  const safe = printable(text).replaceAll("://", "[:]//");
  return shortened(safe, alertTextCharactersMax);
}

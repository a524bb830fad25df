/** What is recorded of a train: its rings, and what people and health gates have decided. */

/** fail: something is worse. error: a probe could not ask. inconclusive: too little is known. Only pass promotes. */
export type GateVerdict = "pass" | "fail" | "inconclusive" | "error";

export interface Probe {
  /** Such as "orders-production: runs-the-version". */
  name: string;
  verdict: GateVerdict;
  explanation: string;
}

export interface GateResult {
  verdict: GateVerdict;
  /** How many probes there were, by their verdicts. */
  probes: Record<GateVerdict, number>;
  /** Those that did not pass. */
  found: Probe[];
  /** What could not be compared, and neither passed nor halted. @default nothing */
  notes?: string[];
}

export type RingState = "waiting" | "patching" | "baking" | "promoted" | "halted" | "aborted";
export type TrainWord = "promote" | "halt" | "resume" | "skip" | "abort";

/** An exception of one database from one train, which is over on a day. */
export interface TrainWaiver {
  id: string;
  rule: string;
  resource: string;
  reason: string;
  approver: string;
  expiresOn: string;
}

export interface TrainRing {
  number: number;
  state: RingState;
  since: Date;
  /** Since then, by the clock of the database. */
  seconds: number;
}

export interface TrainDecision {
  ring: number;
  word: TrainWord;
  by: string;
  reason: string;
  at: Date;
  waiver: TrainWaiver | null;
  gate: GateResult | null;
}

export interface Train {
  rings: TrainRing[];
  decisions: TrainDecision[];
  /** By the identity of each database of a ring. */
  databases: { identity: string; ring: number; turnOf: string | null; waiver: TrainWaiver | null }[];
}

import type { VerdictWord } from "./records";

/** What databases have in common for which one rehearsal speaks: they are patched alike. */
export interface RehearsedClass {
  from: string;
  to: string;
  instanceClass: string;
  /** By name, as their stack declares them. */
  extensions: string[];
}

/** What the signed log says of a rehearsal. */
export interface SignedRehearsal {
  requestId: string;
  rehearsed: RehearsedClass;
  /** Whose copy was patched. */
  identifier: string;
  verdict: VerdictWord;
  /** From the last answer before the restart to the first after it, as a client saw it; null: not measured. */
  downtimeSeconds: number | null;
  /** `YYYY-MM-DD`: the last day on which it counts. */
  expiresOn: string;
}

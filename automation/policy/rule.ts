import type { Standard } from "../../components/standards/standard";
import type { Effect, Judgement, OperationRequest, PlanBasis } from "../records";
import type { Access } from "./roles";

/** A change of a database that is under way, or was begun in the last day. */
export interface RingChange {
  requestId: string;
  target: string;
  /** When it no longer counts; null while it may still begin, or goes on. */
  endsAt: Date | null;
}

/** All that a rule may look at. */
export interface AdmissionFacts {
  request: Pick<OperationRequest, "input" | "reason">;
  operation: { name: string; effect: Effect; owner: string };
  plan: PlanBasis;
  /** What databases are held to. */
  standard: Standard;
  /** Those that workers have had, by the tag of the databases that follow them. */
  standards: readonly string[];
  /** Who asks. */
  principal: string;
  /** Who has which role, and what else the company says of decisions. */
  access: Access;
  /** The request whose approved plan has this one's, if it is a child of it; and whether that plan has a window. */
  approvedWith: { id: string; hasWindow: boolean } | undefined;
  /** The changes of databases of its ring that came before it; none if it changes no database. */
  earlierChanges: readonly RingChange[];
  now: Date;
}

/** Everything about an admission rule; its page and what `shipshape explain` says are derived from this. */
export interface AdmissionRule {
  id: string;
  /** The risk it prevents. */
  why: string;
  /** What to do if it denies a request, or asks for approval. */
  solution: string;
  /** The team responsible for the rule. */
  owner: string;
  /** Pure. */
  judge(facts: AdmissionFacts): Judgement;
}

/** Returns its argument: it makes the rules' files look alike, and lets the compiler check them. */
export const defineAdmissionRule = (rule: AdmissionRule): AdmissionRule => rule;

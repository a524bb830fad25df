/**
 * Copies of data, as plans name them, and what the signed log says of a masked one, for operations, guardrails and
 * alerts: a tag proves nothing.
 */
import type { RefreshedDatabaseArgs } from "../stacks/refreshed-database";
import type { TargetDatabase } from "./fleet-records";
import type { CopyScope } from "./masking/scope";

/** The first step of a refresh that writes to the instance that is to have the copy: statements name it. */
export const copyStepName = "copy and mask";

/** A copy of a database's data, and where it stays. */
export interface DataCopy {
  source: { database: TargetDatabase; tags: Record<string, string> };
  to: { account: string; environment: string };
  /** A database of a team, whose content it replaces. @default none */
  replaces?: { database: TargetDatabase; tags: Record<string, string> };
  /** By what it is masked. @default it is not */
  masked?: { profileDigest: string; schemaDigest: string };
  /** For how long it stays. @default for as long as its owner wants */
  retentionDays?: number;
  /** Of data that was masked before: its day, from which the days count. */
  dataFrom?: string;
  /** Of such data: the refresh whose signed statement proves its copy, its digest, and the last day of that copy. */
  proof?: { refresh: string; evidence: string; expiresOn: string };
  /** The identifier of that copy, where another one is made of it. @default with `dataFrom`: it only stays longer */
  madeOf?: string;
}

/** What a copy was when it was searched for leaks: what is made of it later is compared with that. */
export interface CopyState {
  /** Rows that this transaction of its server or a later one has written were not searched. */
  transaction: string;
  /** Of its tables and filled materialized views. */
  rows: number;
  /** SHA-256 of its definitions, names, owners and privileges, by their kind. */
  definitions: Record<string, string>;
}

/** A copy whose refresh has passed, and which no later run has made doubtful. */
export interface SignedCopy {
  /** The refresh that made it. */
  requestId: string;
  requestedBy: string;
  /** SHA-256 of the envelope of its statement, in hex. */
  evidence: string;
  source: { database: TargetDatabase; tags: Record<string, string> };
  profile: { name: string; digest: string; columnsMasked: number };
  schemaDigest: string;
  /** The moment whose data it has. */
  dataFrom: string;
  /** The last day that was approved: by the refresh, or by the newest extension. YYYY-MM-DD, in UTC. */
  expiresOn: string;
  /** The extensions that were carried out, the first first. */
  extensions: string[];
  /** How it is declared, of a stack that only refreshes write. */
  arguments: RefreshedDatabaseArgs | undefined;
  /** When people got it. */
  handedOverAt?: string | undefined;
  /** As it was searched; undefined: by a refresh of an earlier version, or it is made of another copy. */
  state?: CopyState | undefined;
  /** Which part of its source it has; undefined: all of it. */
  scope?: CopyScope | undefined;
}

/**
 * proven: it may be where it is. expired: its time is over. withdrawn: a later refresh has written to it, and its data
 * was not found clean. none: no refresh has made it. unknown: what the log says of it cannot be relied on.
 */
export type CopyStanding =
  | { standing: "proven"; copy: SignedCopy }
  | { standing: "expired"; copy: SignedCopy; reason: string }
  | { standing: "withdrawn" | "none" | "unknown"; reason: string };

/** What refreshes into a copy, its extension and its removal have alone, whichever database they are about. */
export const copyAlone = (
  identifier: string,
  { account, region }: Pick<TargetDatabase, "account" | "region">,
): string => `copy ${identifier} in ${account} ${region}`;

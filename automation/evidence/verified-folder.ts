/** A folder while it is verified: what was found so far, and how the rest is examined. */
import type { Statement } from "./envelope";
import type { Proofs } from "./folder";
import type { RunStatement } from "./run-statement";

export type InLog = Proofs["keyChanges"][number];

export interface VerifiedFolder {
  proofs: Proofs;
  now: Date;
  /** The text of a file. Errors: evidence-unreadable. */
  file(name: string): string;
  /** Makes a finding of what a test throws; resolves to undefined then. */
  holds<T>(what: string, test: () => T): T | undefined;
  /** The content of a signed statement, if it is in the log where the proofs say. */
  opened<T>(entry: InLog, parse: (statement: Statement) => T): T | undefined;
}

export interface VerifiedStatement {
  id: string;
  kind: RunStatement["kind"] | "population";
  operation: string;
  target: string;
  database: RunStatement["predicate"]["database"];
  verdict: string | undefined;
  requestedBy: string | undefined;
  /** The finding that the request is the follow-up of. */
  followUpOf?: string | undefined;
  issuedAt: string;
  /** Null: it is about a period that is over, and stays true. */
  expiresOn: string | null;
  expired: boolean;
}

/** Reports are functions of signed statements: each must be exactly what they say. Throws a plain Error. */
export function requireReports(folder: VerifiedFolder, reports: ReadonlyMap<string, string>): void {
  for (const [name, text] of reports)
    if (folder.file(name) !== text)
      throw new Error(
        `${name}: it is not the report of these statements: it was changed, or written by another version of Shipshape; export again`,
      );
}

/** A statement sealed in the future makes every time in it meaningless. Throws a plain Error. */
export function requirePast(statements: { id: string; issuedAt: string }[], now: Date, secondsMax: number): void {
  const early = statements.find((s) => Date.parse(s.issuedAt) > now.getTime() + secondsMax * 1000);
  if (early)
    throw new Error(
      `${early.id} says that it was issued at ${early.issuedAt}: the clock of this machine is wrong, or the signer's was`,
    );
}

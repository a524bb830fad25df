/** What runs have sealed: the digest stands for the whole statement in the statement of a run over several. */
import { createHash } from "node:crypto";
import type { Database } from "../database";
import type { SealedRun } from "../sealed-records";
import { claimOf } from "./envelope";
import { sealedReadAtOnce } from "./limits";

/** Of thousands: some at once. */
export async function sealedRuns(database: Database, requestIds: readonly string[]): Promise<SealedRun[]> {
  const all: SealedRun[] = [];
  for (let at = 0; at < requestIds.length; at += sealedReadAtOnce)
    all.push(...(await readSealed(database, requestIds.slice(at, at + sealedReadAtOnce))));
  return all;
}

/** Its verdict is read from the envelope that is digested: no column says what a statement says. */
async function readSealed(database: Database, requestIds: readonly string[]): Promise<SealedRun[]> {
  const rows = await database.query<Omit<SealedRun, "verdict" | "evidence"> & { envelope: string | null }>(
    `select run.request_id as "requestId", run.status, run.error ->> 'message' as reason, envelope
     from run left join evidence on evidence.request_id = run.request_id and kind = 'verdict'
     where run.request_id = any ($1)`,
    [requestIds],
  );
  return rows.map(({ envelope, ...run }) => ({ ...run, ...(envelope === null ? unsealed : sealedIn(envelope)) }));
}

const unsealed = { verdict: null, evidence: null };

const sealedIn = (envelope: string): Pick<SealedRun, "verdict" | "evidence"> => ({
  verdict: (claimOf(envelope).predicate as unknown as Pick<SealedRun, "verdict">).verdict,
  evidence: createHash("sha256").update(envelope).digest("hex"),
});

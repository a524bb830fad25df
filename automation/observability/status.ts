/** The observability stage: what the records say, read only. */
import type { Database } from "../database";
import type { Run } from "../records";

export interface RecoveryProof {
  target: string;
  /** The drill that counts: its verdict was pass, and its throwaway is proven gone. */
  requestId: string;
  provenAt: Date;
  expiresOn: Date;
}

/** For each database with a drill that counts, the newest one. Evidence that has expired is given too: expired is a fact to show. */
export async function recoveryProofs(database: Database): Promise<RecoveryProof[]> {
  const rows = await database.query<{ target: string; request_id: string; issued_at: Date; expires_on: Date }>(
    `select distinct on (v.target) v.target, v.request_id, v.issued_at, v.expires_on
     from evidence v join evidence t on t.request_id = v.request_id and t.kind = 'teardown'
     where v.kind = 'verdict' and v.verdict = 'pass' and v.predicate_type = 'urn:shipshape:evidence:restore-drill:verdict:v1'
     order by v.target, v.log_index desc`,
  );
  return rows.map((r) => ({ target: r.target, requestId: r.request_id, provenAt: r.issued_at, expiresOn: r.expires_on }));
}

/** The databases whose recovery nothing proves today, among those that runs were about. A name that no plan was made for is perhaps no database. */
export function unproven(runs: Run[], proofs: RecoveryProof[], now: Date): string[] {
  const proven = new Set(proofs.filter((p) => p.expiresOn > now).map((p) => p.target));
  return [...new Set(runs.map((r) => r.plan?.target).filter((t): t is string => t !== undefined && !proven.has(t)))].sort();
}

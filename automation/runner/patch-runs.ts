/** What a request that patches a database has planned and done, as far as its way back depends on it. */
import type { Database } from "../database";
import type { PlanBasis } from "../records";
import { readRun } from "./runs";

export interface PatchRunRecord {
  operation: string;
  plan: PlanBasis | null;
  isOver: boolean;
  /** When the step began that has RDS upgrade it. */
  upBeganAt: string | null;
  /** As the server counted them before; null: it was not asked, or the run has recorded no outcome. */
  rowsChangedBefore: number | null;
}

/** Errors: request-unknown. */
export async function readPatchRun(database: Database, requestId: string): Promise<PatchRunRecord> {
  const { operation, plan, finishedAt, steps, outcome } = await readRun(database, requestId);
  const { before } = (outcome ?? {}) as { before?: { server?: { rowsChanged?: number } } };
  return {
    ...{ operation, plan: plan ?? null, isOver: finishedAt !== undefined },
    upBeganAt: steps["bring the stack up"]?.startedAt ?? null,
    rowsChangedBefore: before?.server?.rowsChanged ?? null,
  };
}

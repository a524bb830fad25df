/** The effects of a masking preview: each one action, safe to repeat. */
import type { CleanUpReport } from "../../records";
import { messagesOf } from "../../runner/messages";
import { createReader, readerOf } from "../../targets/copy-reader";
import { schemaStatementSeconds } from "../../targets/masked-copy/limits";
import { inCopySession } from "../../targets/masked-copy/copy-session";
import { showHiddenRows } from "../../targets/masked-copy/row-samples";
import { stagingNames } from "../environment-refresh/plan";
import { latestMoment, lookAtSource } from "../environment-refresh/source-look";
import { isolatedCopySteps } from "../isolated-copy";
import type { OperationContext } from "../operation-context";
import { restoreHours } from "./limits";
import type { MaskingPreviewPlan, ObservedPreview } from "./plan";
import type { MaskingPreviewRequest } from "./request";
import { showingsLeft, showingTopic } from "./showing";

export type MaskingPreviewSteps = ReturnType<typeof maskingPreviewSteps>;

export function maskingPreviewSteps(s: OperationContext) {
  const { clientsOf, throwawayLogin, steps } = isolatedCopySteps(s, stagingNames);
  const { rootCertificateFile } = s.access;
  return {
    async observe(asked: MaskingPreviewRequest): Promise<ObservedPreview> {
      const { source, isolation } = await lookAtSource(s, asked);
      return { observedAt: new Date().toISOString(), source, ...isolation };
    },

    /** Resolves to when what is restored expires. */
    async register(requestId: string, { throwaway, hours }: MaskingPreviewPlan): Promise<string> {
      const expiresAt = new Date(Date.now() + (hours + restoreHours) * 3_600_000).toISOString();
      await steps.register(requestId, { throwaway: { ...throwaway, expiresAt } });
      return expiresAt;
    },
    recordRemoval: steps.recordRemoval,

    chooseRecoveryPoint: (plan: MaskingPreviewPlan) => latestMoment(clientsOf(plan), plan.source.identifier),
    restore: (plan: MaskingPreviewPlan, restoreTime: string, signal: AbortSignal) =>
      steps.restoreFrom(plan, { resourceId: plan.source.resourceId, restoreTime }, signal),
    requireIsolation: steps.requireIsolation,
    adopt: steps.adopt,
    removeThrowaway: steps.removeThrowaway,
    proveGone: steps.proveGone,

    async createReader(plan: MaskingPreviewPlan, copy: string): Promise<void> {
      const master = await throwawayLogin(plan, copy);
      const options = { rootCertificateFile, statementSeconds: schemaStatementSeconds };
      await inCopySession(master, options, "the creation of the reader", async (client) => {
        await createReader(client, readerOf(master));
        await showHiddenRows(client);
      });
    },

    readShowings: async (requestId: string): Promise<NonNullable<CleanUpReport["left"]>> =>
      showingsLeft(await messagesOf(s.database, requestId, showingTopic)),
  };
}

import type { AdmissionRule } from "./rule";
import { requireApprovalOfChanges } from "./rules/require-approval-of-changes";
import { requireConfiguredApprovals } from "./rules/require-configured-approvals";
import { requireEntitledRequester } from "./rules/require-entitled-requester";
import { requireFreshRecovery } from "./rules/require-fresh-recovery";
import { requireKnownSource } from "./rules/require-known-source";
import { requireReason } from "./rules/require-reason";

/** All admission rules, sorted by name; a test checks that none is missing. */
export const admissionRules: readonly AdmissionRule[] = [
  requireApprovalOfChanges,
  requireConfiguredApprovals,
  requireEntitledRequester,
  requireFreshRecovery,
  requireKnownSource,
  requireReason,
];

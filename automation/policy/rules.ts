import type { AdmissionRule } from "./rule";
import { forbidCopyInProduction } from "./rules/forbid-copy-in-production";
import { forbidLongRetention } from "./rules/forbid-long-retention";
import { forbidUnmaskedCopy } from "./rules/forbid-unmasked-copy";
import { forbidWideChanges } from "./rules/forbid-wide-changes";
import { requireApprovalOfChanges } from "./rules/require-approval-of-changes";
import { requireApprovalOfSource } from "./rules/require-approval-of-source";
import { requireConfiguredApprovals } from "./rules/require-configured-approvals";
import { requireEntitledRequester } from "./rules/require-entitled-requester";
import { requireFreshRecovery } from "./rules/require-fresh-recovery";
import { requireKnownSource } from "./rules/require-known-source";
import { requireMaintenanceWindow } from "./rules/require-maintenance-window";
import { requireReason } from "./rules/require-reason";

/** All admission rules, sorted by name; a test checks that none is missing. */
export const admissionRules: readonly AdmissionRule[] = [
  forbidCopyInProduction,
  forbidLongRetention,
  forbidUnmaskedCopy,
  forbidWideChanges,
  requireApprovalOfChanges,
  requireApprovalOfSource,
  requireConfiguredApprovals,
  requireEntitledRequester,
  requireFreshRecovery,
  requireKnownSource,
  requireMaintenanceWindow,
  requireReason,
];

import type { Rule } from "./judging/rule";
import { forbidAllPrivileges } from "./rules/forbid-all-privileges";
import { forbidDefaultAdminName } from "./rules/forbid-default-admin-name";
import { forbidHiddenDrift } from "./rules/forbid-hidden-drift";
import { forbidKeyDeletion } from "./rules/forbid-key-deletion";
import { forbidOpenIngress } from "./rules/forbid-open-ingress";
import { forbidPublicAccess } from "./rules/forbid-public-access";
import { forbidPublicGrants } from "./rules/forbid-public-grants";
import { forbidPublicSnapshot } from "./rules/forbid-public-snapshot";
import { forbidSharedSnapshot } from "./rules/forbid-shared-snapshot";
import { forbidSkippedFinalSnapshot } from "./rules/forbid-skipped-final-snapshot";
import { forbidStaleWaivers } from "./rules/forbid-stale-waivers";
import { forbidSuperuserRoles } from "./rules/forbid-superuser-roles";
import { forbidUnmaskedCopy } from "./rules/forbid-unmasked-copy";
import { requireAlarms } from "./rules/require-alarms";
import { requireApprovedEngineVersion } from "./rules/require-approved-engine-version";
import { requireAuditLogs } from "./rules/require-audit-logs";
import { requireAuditParameters } from "./rules/require-audit-parameters";
import { requireBackupPlan } from "./rules/require-backup-plan";
import { requireBackupRetention } from "./rules/require-backup-retention";
import { requireCopiedSnapshotTags } from "./rules/require-copied-snapshot-tags";
import { requireDeletionProtection } from "./rules/require-deletion-protection";
import { requireEncryptionAtRest } from "./rules/require-encryption-at-rest";
import { requireEnhancedMonitoring } from "./rules/require-enhanced-monitoring";
import { requireEventSubscription } from "./rules/require-event-subscription";
import { requireExpiryOnThrowaways } from "./rules/require-expiry-on-throwaways";
import { requireIamAuthentication } from "./rules/require-iam-authentication";
import { requireLogRetention } from "./rules/require-log-retention";
import { requireManagedMasterPassword } from "./rules/require-managed-master-password";
import { requireModernCa } from "./rules/require-modern-ca";
import { requireMultiAz } from "./rules/require-multi-az";
import { requireOwnKey } from "./rules/require-own-key";
import { requireOwnerTags } from "./rules/require-owner-tags";
import { requireParametersInEffect } from "./rules/require-parameters-in-effect";
import { requirePatchOwner } from "./rules/require-patch-owner";
import { requirePerformanceInsights } from "./rules/require-performance-insights";
import { requirePrivateSubnets } from "./rules/require-private-subnets";
import { requireRetainedAutomatedBackups } from "./rules/require-retained-automated-backups";
import { requireStandardName } from "./rules/require-standard-name";
import { requireSupportedEngineVersion } from "./rules/require-supported-engine-version";
import { requireTls } from "./rules/require-tls";
import { requireUnmanagedBlueGreen } from "./rules/require-unmanaged-blue-green";

/** All rules, sorted by name. `npm run new:rule` adds one, and a test checks that none is missing. */
export const rules: readonly Rule[] = [
  forbidAllPrivileges,
  forbidDefaultAdminName,
  forbidHiddenDrift,
  forbidKeyDeletion,
  forbidOpenIngress,
  forbidPublicAccess,
  forbidPublicGrants,
  forbidPublicSnapshot,
  forbidSharedSnapshot,
  forbidSkippedFinalSnapshot,
  forbidStaleWaivers,
  forbidSuperuserRoles,
  forbidUnmaskedCopy,
  requireAlarms,
  requireApprovedEngineVersion,
  requireAuditLogs,
  requireAuditParameters,
  requireBackupPlan,
  requireBackupRetention,
  requireCopiedSnapshotTags,
  requireDeletionProtection,
  requireEncryptionAtRest,
  requireEnhancedMonitoring,
  requireEventSubscription,
  requireExpiryOnThrowaways,
  requireIamAuthentication,
  requireLogRetention,
  requireManagedMasterPassword,
  requireModernCa,
  requireMultiAz,
  requireOwnKey,
  requireOwnerTags,
  requireParametersInEffect,
  requirePatchOwner,
  requirePerformanceInsights,
  requirePrivateSubnets,
  requireRetainedAutomatedBackups,
  requireStandardName,
  requireSupportedEngineVersion,
  requireTls,
  requireUnmanagedBlueGreen,
];

/** The properties that any rule judges: forbid-hidden-drift checks that changes to them are not ignored. */
export const auditedProperties: ReadonlySet<string> = new Set(rules.flatMap(({ properties }) => properties));

/**
 * The operations, a line each. Loading this loads their descriptions and zod; `open` loads what runs them: the SDKs of
 * AWS and Pulumi.
 */
import type { AnyOperation, OperationDescription } from "../runner/operation";
import { backupAuditDescription } from "./backup-audit/request";
import { databasePatchDescription } from "./database-patch/request";
import { driftDetectionDescription } from "./drift-detection/request";
import { driftRepairDescription } from "./drift-repair/request";
import { environmentRefreshDescription } from "./environment-refresh/request";
import { maskingPreviewDescription } from "./masking-preview/request";
import type { OperationContext } from "./operation-context";
import { passwordRotationDescription } from "./password-rotation/request";
import { patchRehearsalDescription } from "./patch-rehearsal/request";
import { patchUndoDescription } from "./patch-undo/request";
import { refreshExtensionDescription } from "./refresh-extension/request";
import { refreshRemovalDescription } from "./refresh-removal/request";
import { ringedPatchDescription } from "./ringed-patch/request";
import { retireDescription } from "./retire-replaced-instance/request";
import { restoreDrillDescription } from "./restore-drill/request";

export interface RegisteredOperation extends OperationDescription {
  open(context: OperationContext): Promise<AnyOperation>;
}

export const operations: readonly RegisteredOperation[] = [
  { ...backupAuditDescription, open: async (c) => (await import("./backup-audit/backup-audit")).open(c) },
  { ...databasePatchDescription, open: async (c) => (await import("./database-patch/database-patch")).open(c) },
  { ...driftDetectionDescription, open: async (c) => (await import("./drift-detection/drift-detection")).open(c) },
  { ...driftRepairDescription, open: async (c) => (await import("./drift-repair/drift-repair")).open(c) },
  {
    ...environmentRefreshDescription,
    open: async (c) => (await import("./environment-refresh/environment-refresh")).open(c),
  },
  { ...maskingPreviewDescription, open: async (c) => (await import("./masking-preview/masking-preview")).open(c) },
  {
    ...passwordRotationDescription,
    open: async (c) => (await import("./password-rotation/password-rotation")).open(c),
  },
  { ...patchRehearsalDescription, open: async (c) => (await import("./patch-rehearsal/patch-rehearsal")).open(c) },
  { ...patchUndoDescription, open: async (c) => (await import("./patch-undo/patch-undo")).open(c) },
  {
    ...refreshExtensionDescription,
    open: async (c) => (await import("./refresh-extension/refresh-extension")).open(c),
  },
  { ...refreshRemovalDescription, open: async (c) => (await import("./refresh-removal/refresh-removal")).open(c) },
  { ...restoreDrillDescription, open: async (c) => (await import("./restore-drill/restore-drill")).open(c) },
  {
    ...retireDescription,
    open: async (c) => (await import("./retire-replaced-instance/retire-replaced-instance")).open(c),
  },
  { ...ringedPatchDescription, open: async (c) => (await import("./ringed-patch/ringed-patch")).open(c) },
];

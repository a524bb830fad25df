/** Every error of the command line and the control plane. `npm run pages` writes them into `docs/errors.md`. */
import { CodedError, type ErrorTable, type ErrorValues } from "./error-table";
import { commandLineErrors } from "./command-line/errors";
import { configurationErrors } from "./configuration/errors";
import { evidenceErrors } from "./evidence/errors";
import { guardrailErrors } from "./guardrails/errors";
import { backupAuditErrors } from "./operations/backup-audit/errors";
import { databasePatchErrors } from "./operations/database-patch/errors";
import { driftRepairErrors } from "./operations/drift-repair/errors";
import { passwordRotationErrors } from "./operations/password-rotation/errors";
import { patchRehearsalErrors } from "./operations/patch-rehearsal/errors";
import { patchUndoErrors } from "./operations/patch-undo/errors";
import { retireErrors } from "./operations/retire-replaced-instance/errors";
import { environmentRefreshErrors } from "./operations/environment-refresh/errors";
import { maskingPreviewErrors } from "./operations/masking-preview/errors";
import { refreshExtensionErrors } from "./operations/refresh-extension/errors";
import { refreshRemovalErrors } from "./operations/refresh-removal/errors";
import { restoreDrillErrors } from "./operations/restore-drill/errors";
import { ringedPatchErrors } from "./operations/ringed-patch/errors";
import { importErrors } from "./imports/errors";
import { maskingErrors } from "./masking/errors";
import { policyErrors } from "./policy/errors";
import { requestErrors } from "./request/errors";
import { reviewErrors } from "./review/errors";
import { runnerErrors } from "./runner/errors";
import { targetErrors } from "./targets/errors";
import { maskedCopyErrors } from "./targets/masked-copy/errors";

const ownErrors = {
  usage: {
    httpStatus: 400,
    exitCode: 2,
    message: "{problem}",
    hint: "`npx {command} --help` shows the options, with examples",
  },
  interrupted: {
    httpStatus: 499,
    exitCode: 130,
    message: "interrupted: {action} was not finished",
    hint: "every command can be repeated safely",
  },
  "control-plane-unreachable": {
    httpStatus: 503,
    exitCode: 1,
    message: "the control plane's PostgreSQL at {address} cannot be used: {reason}",
    hint: 'is it running, and is SHIPSHAPE_DATABASE_URL still right? With the embedded cloud: `npx shipshape local start`, then eval "$(npx shipshape local env)"',
  },
  "control-plane-busy": {
    httpStatus: 503,
    exitCode: 1,
    message: "another process has been migrating the control plane's schema for more than {seconds} s",
    hint: "let it finish, and repeat the command; end a hanging session with pg_terminate_backend in SHIPSHAPE_DATABASE_URL",
  },
} as const satisfies ErrorTable;

/** By area, in the order of the page. */
export const errorTables = {
  "any command": ownErrors,
  "command line": commandLineErrors,
  configuration: configurationErrors,
  targets: targetErrors,
  "masked copies": maskedCopyErrors,
  request: requestErrors,
  policy: policyErrors,
  runner: runnerErrors,
  "environment refresh": environmentRefreshErrors,
  "masking preview": maskingPreviewErrors,
  "refresh extension": refreshExtensionErrors,
  "refresh removal": refreshRemovalErrors,
  "restore drill": restoreDrillErrors,
  "backup audit": backupAuditErrors,
  "database patch": databasePatchErrors,
  "patch rehearsal": patchRehearsalErrors,
  "patch undo": patchUndoErrors,
  retirement: retireErrors,
  "ringed patch": ringedPatchErrors,
  "drift repair": driftRepairErrors,
  "password rotation": passwordRotationErrors,
  evidence: evidenceErrors,
  review: reviewErrors,
  guardrails: guardrailErrors,
  imports: importErrors,
  masking: maskingErrors,
} as const;

export const errorTable = {
  ...ownErrors,
  ...commandLineErrors,
  ...configurationErrors,
  ...targetErrors,
  ...maskedCopyErrors,
  ...requestErrors,
  ...policyErrors,
  ...runnerErrors,
  ...environmentRefreshErrors,
  ...maskingPreviewErrors,
  ...refreshExtensionErrors,
  ...refreshRemovalErrors,
  ...restoreDrillErrors,
  ...backupAuditErrors,
  ...databasePatchErrors,
  ...patchRehearsalErrors,
  ...patchUndoErrors,
  ...retireErrors,
  ...ringedPatchErrors,
  ...driftRepairErrors,
  ...passwordRotationErrors,
  ...evidenceErrors,
  ...reviewErrors,
  ...guardrailErrors,
  ...importErrors,
  ...maskingErrors,
} as const;
type Table = typeof errorTable;
export type ErrorCode = keyof Table;

/** An error of one of these tables. */
export class ShipshapeError<Code extends ErrorCode = ErrorCode> extends CodedError<Code> {
  override readonly name = "ShipshapeError";

  constructor(code: Code, values: ErrorValues<Table, Code>, options?: { cause?: unknown }) {
    super(code, errorTable[code], values, options);
  }
}

/** An error as stored in records: code, message and hint. */
export function describeError(thrown: unknown): { code: string; message: string; hint?: string } {
  if (thrown instanceof CodedError) return { code: thrown.code, message: thrown.message, hint: thrown.hint };
  // An error read back from a record is no longer a ShipshapeError, but still has its code and hint.
  const { code, hint } = (thrown ?? {}) as { code?: unknown; hint?: unknown };
  return {
    code: typeof code === "string" ? code : "unexpected",
    message: reasonOf(thrown),
    ...(typeof hint === "string" && { hint }),
  };
}

/**
 * What went wrong, as one line, whatever was thrown; failed connections to several addresses have no message of their
 * own.
 */
export function reasonOf(thrown: unknown): string {
  if (thrown instanceof AggregateError && thrown.message === "") return thrown.errors.map(reasonOf).join("; ");
  return thrown instanceof Error ? thrown.message : String(thrown);
}

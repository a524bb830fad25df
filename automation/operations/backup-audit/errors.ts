import type { ErrorTable } from "../../error-table";

export const backupAuditErrors = {
  "backups-elsewhere": {
    httpStatus: 409,
    exitCode: 2,
    message: 'the data of database "{identifier}" is in the backups of {source}, not in its own',
    hint: "audit the DB instance that it replicates, with `npx shipshape request backup-audit`; clusters cannot be audited yet",
  },
} as const satisfies ErrorTable;

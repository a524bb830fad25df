import type { ErrorTable } from "../error-table";

export const guardrailErrors = {
  "state-unreadable": {
    httpStatus: 422,
    exitCode: 2,
    message: "{file}:{line}: {reason}",
    hint: "`pulumi stack export --stack <stack> --file <file>` writes what can be judged; the other files were",
  },
  "pack-config-invalid": {
    httpStatus: 422,
    exitCode: 2,
    message: "{file}:{line}: {reason}",
    hint: "everything else of the file was heeded; docs/guardrails.md shows what it may say",
  },
  "waiver-invalid": {
    httpStatus: 422,
    exitCode: 2,
    message: "{file}:{line}: {reason}",
    hint: "it waives nothing until it is corrected; `npx shipshape waiver check` shows all that is wrong",
  },
  "waiver-exists": {
    httpStatus: 409,
    exitCode: 2,
    message: "there is a waiver {file} already",
    hint: "renew it by changing the file and having it reviewed, or give another --id",
  },
} as const satisfies ErrorTable;

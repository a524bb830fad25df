import type { ErrorTable } from "../error-table";

export const guardrailErrors = {
  "state-unreadable": {
    httpStatus: 422,
    exitCode: 2,
    message: "{file}:{line}: {reason}",
    hint: "`pulumi stack export --stack <stack> --file <file>` writes a valid one; the other files were judged",
  },
  "pack-config-invalid": {
    httpStatus: 422,
    exitCode: 2,
    message: "{file}:{line}: {reason}",
    hint: "the rest of the file was applied; docs/guardrails.md shows what it may contain",
  },
  "guardrails-invalid": {
    httpStatus: 422,
    exitCode: 2,
    message: "{problems}",
    hint: "nothing was judged; once it is corrected, `npx shipshape rule list` shows all rules",
  },
  "waiver-invalid": {
    httpStatus: 422,
    exitCode: 2,
    message: "{file}:{line}: {reason}",
    hint: "it waives nothing until it is corrected; `npx shipshape waiver check --waivers <its folder>` shows everything that is wrong",
  },
  "waiver-exists": {
    httpStatus: 409,
    exitCode: 2,
    message: "the waiver {file} already exists",
    hint: "to renew it, change the file and have it reviewed; or give another --id",
  },
  "baseline-invalid": {
    httpStatus: 422,
    exitCode: 2,
    message: "{file}:{line}: {reason}",
    hint: "nothing is in it until it is corrected; the history of the file shows what changed it",
  },
  "baseline-exists": {
    httpStatus: 409,
    exitCode: 2,
    message: "the baseline {file} already exists",
    hint: "a baseline only shrinks; `npx shipshape waiver new --help` shows how to except what is new in a report",
  },
  "baseline-grew": {
    httpStatus: 422,
    exitCode: 1,
    message: "{file} may only shrink:{problems}",
    hint: "restore these lines; correct what is new, or `npx shipshape waiver new --help` shows how to except it",
  },
} as const satisfies ErrorTable;

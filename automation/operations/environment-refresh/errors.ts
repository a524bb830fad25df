import type { ErrorTable } from "../../error-table";

export const environmentRefreshErrors = {
  "refresh-environment-unknown": {
    httpStatus: 400,
    exitCode: 2,
    message: 'there is no environment "{environment}"; the standard has: {known}',
    hint: "`npx shipshape standard` shows what the standard says",
  },
  "refresh-source-undeclared": {
    httpStatus: 409,
    exitCode: 2,
    message: "no stack says how {identifier} is declared, so nothing says what its copy should be like: {reason}",
    hint: "a copy is made of a StandardDatabase; bring its stack up with this version of Shipshape, or `npx shipshape import --help` shows how to declare it",
  },
  "refresh-source-uncertain": {
    httpStatus: 409,
    exitCode: 1,
    message: "{identifier} is not copied, since its tags say who consents to that: {problem}",
    hint: "`npx shipshape request drift-detection --database {identifier} --reason ...` shows what differs; a copy is made of the database that a team's own stack declares",
  },
  "refresh-source-elsewhere": {
    httpStatus: 409,
    exitCode: 2,
    message: "{identifier} is in an account whose role workers assume, and copies are made in the workers' own only",
    hint: "`npx shipshape fleet` shows where it is; request it from a control plane of that account",
  },
  "refresh-source-unrestorable": {
    httpStatus: 409,
    exitCode: 1,
    message: "{identifier} has no automated backup that could be restored",
    hint: "`npx shipshape request backup-audit --database {identifier} --reason ...` shows what its backups are",
  },
  "refresh-not-covered": {
    httpStatus: 422,
    exitCode: 1,
    message: "the masking profile {profile} does not cover {identifier}: {problems}",
    hint: "`npx shipshape masking check <file> --database {identifier}` lists everything; docs/masking.md says how to classify it",
  },
  "refresh-profile-of-other": {
    httpStatus: 422,
    exitCode: 2,
    message: "the masking profile {profile} is for {source}, not for {identifier}",
    hint: "name another profile, or write one: `npx shipshape masking draft {identifier}`",
  },
  "refresh-target-taken": {
    httpStatus: 409,
    exitCode: 2,
    message:
      "{target} is not the target of this refresh: no refresh has made it, or another one has, or has removed it",
    hint: "`npx shipshape fleet` shows whose it is; if a stack of ours declares it, `--target` names it; otherwise choose another environment",
  },
  "refresh-target-unfit": {
    httpStatus: 409,
    exitCode: 2,
    message: "a copy cannot take the place of what is in {target}: {problem}",
    hint: "docs/operations/environment-refresh.md says which database can be a target; without `--target`, `npx shipshape request environment-refresh` makes one of its own",
  },
  "refresh-copy-unfit": {
    httpStatus: 409,
    exitCode: 2,
    message: "no copy is made of {copy}: {problem}",
    hint: "without `--from-copy`, `npx shipshape request environment-refresh` restores and masks the source itself",
  },
  "refresh-tables-unknown": {
    httpStatus: 422,
    exitCode: 2,
    message: "the masking profile {profile} copies no row of {tables}",
    hint: "name tables as the profile does, a partition by its root; `npx shipshape masking check <file> --database {identifier}` checks it",
  },
  "refresh-tables-incomplete": {
    httpStatus: 422,
    exitCode: 2,
    message: "rows of the tables that were named refer to tables that would be empty: {keys}",
    hint: "name those tables, too, or say `--with-referenced`; `npx shipshape request environment-refresh --help` lists what a request may say",
  },
  "refresh-subset-unfit": {
    httpStatus: 422,
    exitCode: 2,
    message: "the subset {subset} does not fit {identifier}: {problems}",
    hint: "correct its file; `npx shipshape masking check <file> --database {identifier}` checks the profile that it goes by",
  },
  "refresh-moved": {
    httpStatus: 409,
    exitCode: 1,
    message: "{what} of {identifier} is not what was approved: {found} instead of {approved}",
    hint: "nothing is handed over; `npx shipshape request environment-refresh` plans it as it is now, for another approval",
  },
  "refresh-target-replaced": {
    httpStatus: 409,
    exitCode: 1,
    message: "{target} is not the database of this refresh any more: it is left alone",
    hint: "find out who replaced it; `npx shipshape clean-up {id}` tries again",
  },
} as const satisfies ErrorTable;

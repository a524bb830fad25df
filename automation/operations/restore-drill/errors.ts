import type { ErrorTable } from "../../error-table";

export const restoreDrillErrors = {
  "recovery-target-outside": {
    httpStatus: 409,
    exitCode: 2,
    message:
      "{identifier} cannot be restored to {target}: its automated backups restore to any second from {from} to {until}",
    hint: "request it with a moment between these; `npx shipshape request backup-audit --database {identifier} --reason ...` shows what the backups are",
  },
  "snapshot-unusable": {
    httpStatus: 409,
    exitCode: 2,
    message: "the snapshot {snapshot} cannot be drilled for {identifier}: {problem}",
    hint: "`aws rds describe-db-snapshots --db-instance-identifier {identifier}` lists the snapshots of that database",
  },
  "platform-missing": {
    httpStatus: 409,
    exitCode: 1,
    message:
      "the platform stack {stack} has no output isolationSecurityGroupId: there is no isolation group to restore into",
    hint: "bring it up (`pulumi up --stack {stack}`), or name another with SHIPSHAPE_PLATFORM_STACK",
  },
  "platform-elsewhere": {
    httpStatus: 409,
    exitCode: 1,
    message:
      "the platform stack {stack} is in {platform}, and {identifier} in {database}: there is no isolation group to restore into",
    hint: "name the stack of its own platform in `accounts` of shipshape.yaml, under `platforms`: docs/accounts-and-regions.md",
  },
  "assertions-unusable": {
    httpStatus: 409,
    exitCode: 2,
    message: "the assertions in {folder} cannot be used: {problem}",
    hint: "docs/operations/restore-drill.md says what they look like; `npx shipshape request restore-drill --database <identifier> --plan-only --reason ...` shows those that a drill would run",
  },
  "throwaway-not-ours": {
    httpStatus: 409,
    exitCode: 1,
    message: "{identifier} is not the throwaway of this run, by its name or tag: it is left alone",
    hint: "find out who created it; once it is removed, `npx shipshape clean-up {id}` tries again",
  },
  "throwaway-exposed": {
    httpStatus: 500,
    exitCode: 1,
    message: "the throwaway {identifier} was not read: {problems}",
    hint: "its clean-up removes it; find out who changed it, or whether a backup plan selects it by its tags, and request the drill again",
  },
  "throwaway-left": {
    httpStatus: 500,
    exitCode: 1,
    message: "the throwaway {identifier} still exists after its removal",
    hint: "look at its events in the cloud; then `npx shipshape clean-up {id}` tries again",
  },
} as const satisfies ErrorTable;

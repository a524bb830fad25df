/** Errors that no command line can be made to fail with in a test, each with the reason, and where it is tested. */
import type { ErrorCode } from "../../../automation/errors";

export const notCaused: Partial<Record<ErrorCode, string>> = {
  interrupted: "a signal in the middle of `local start`; its hint names no command",
  "control-plane-busy": "another process migrates for more than a minute: runner/durable.cloud",
  "local-stop-failed": "a server that does not stop within two minutes",
  "local-unreachable": "the server dies between two calls of one command",
  "local-postgres-missing": "an installation without PostgreSQL: package.engine",
  "local-cloud-missing": "an installation without the embedded cloud: package.engine",
  "local-platform-failed": "an engine that fails in the middle of it: local-platform.cloud",
  "engine-missing": "a machine without an engine, Go and network: localcloud/toolchain",
  "database-unreachable":
    "the cloud restarts a database that is down; behind a firewall: targets/control-session.cloud",
  "database-query-failed": "recorded in a drill's check: operations/restore-drill/steps",
  "database-replaced": "a database recreated in the middle of a drill: operations/restore-drill/removal.engine",
  ...Object.fromEntries(
    (
      [
        "schema-unreadable",
        "schema-not-loaded",
        "copy-refused",
        "copy-storage-full",
        "copy-disturbed",
        "copy-connection-lost",
        "copy-query-failed",
        "copy-unplanned",
        "definition-not-changed",
        "copy-incomplete",
        "subset-condition-refused",
        "subset-too-large",
      ] as const
    ).map((code) => [code, "a database that refuses or ends in the middle of a copy: targets/masked-copy"]),
  ),
  ...Object.fromEntries(
    (
      [
        "patch-impossible",
        "patch-wider",
        "patch-not-its-turn",
        "patch-unsettled",
        "rehearsal-impossible",
        "undo-impossible",
        "undo-wider",
        "snapshot-not-usable",
        "green-unusable",
        "retire-impossible",
        "switchover-rolled-back",
        "train-empty",
        "train-cycle",
        "train-rings",
        "train-unknown",
        "train-over",
        "train-database-unknown",
        "train-skips-all",
        "train-decision-idle",
      ] satisfies ErrorCode[]
    ).map((code) => [code, "a train needs stacks of our own: operations/ringed-patch, runner/trains.cloud"]),
  ),
  "marker-table-changed": "recorded in a drill's check: targets/control-session.cloud",
  ...Object.fromEntries(
    (["location-unknown", "database-ambiguous", "database-uncertain"] as const).map((code) => [
      code,
      "several accounts and Regions: accounts-and-regions.cloud",
    ]),
  ),
  "platform-elsewhere": "two platforms in two Regions: components/platforms.engine",
  "role-not-assumed": "shown as the reason why an account cannot be reached: accounts-and-regions.cloud",
  "fleet-unreadable": "a missing permission, and the embedded cloud has none: guardrails/live, backup-audit steps",
  "alarms-unreadable": "a missing permission, and the embedded cloud has none: targets/database-alarms",
  "principal-embedded": "no command passes such a name to a control plane that is not an embedded cloud's: roles.cloud",
  "preview-overdue": "a step of a preview that takes minutes: runner/preview-steps",
  "step-repeated": "a mistake of the operation's author: runner/durable.cloud",
  "coordination-refused": "a mistake of the operation's author: children.cloud",
  "operation-version-missing":
    "a worker of another release; the request waits for one that has it: runner/durable.cloud",
  "clean-up-lost": "three clean-ups whose workers died: runner/sweep.cloud",
  "throwaway-outlived": "an alert and a finding, not the end of a command: runner/sweep.cloud",
  "worker-silent": "a minute without a heartbeat: runner/liveness.cloud",
  "stack-locked": "a lock of a dead engine on another machine: runner/pulumi-stack.engine",
  "stack-failed": "an engine that fails in the middle of a drill: runner/pulumi-stack.engine",
  "stack-unreadable":
    "in what a drift detection found, which goes on: operations/drift-detection/every-property.engine",
  "throwaway-not-ours": "someone else's database under the throwaway's name: operations/restore-drill/removal.engine",
  "throwaway-exposed": "someone changes the throwaway in the middle of a drill: steps-around-the-copy",
  "throwaway-left": "a cloud that keeps what was deleted: operations/restore-drill/removal.engine",
  ...Object.fromEntries(
    (
      [
        "signing-key-unknown",
        "signing-key-refused",
        "signing-key-disabled",
        "signing-key-unsuitable",
        "signing-key-unanswered",
        "signing-key-changed",
      ] satisfies ErrorCode[]
    ).map((code) => [code, "AWS KMS, which the embedded cloud has not: targets/kms-signing-key"]),
  ),
  ...Object.fromEntries(
    (
      [
        "stack-config-invalid",
        "stack-change-secret",
        "stack-undeclared",
        "stack-folder-missing",
        "stack-config-moved",
        "stack-config-dirty",
        "git-unusable",
        "git-head-detached",
        "git-locked",
        "git-unpushed",
        "git-refused",
        "git-push-refused",
        "git-push-refused-after-commits",
        "git-remote-unreachable",
      ] satisfies ErrorCode[]
    ).map((code) => [
      code,
      "it takes a stack of ours and an approval: runner/git-folder.cloud runs its hint, and runner/stack-change, operations/stack-changes.cloud",
    ]),
  ),
  ...Object.fromEntries(
    (["rotation-undeclared", "rotation-role-unknown", "rotation-unfinished"] satisfies ErrorCode[]).map((code) => [
      code,
      "the end of a prepared request, after the look at a stack: operations/password-rotation/plan",
    ]),
  ),
  ...Object.fromEntries(
    (
      [
        "repair-unneeded",
        "repair-replaces",
        "repair-downgrades",
        "repair-restarts",
        "repair-wider",
        "repair-unmatched",
      ] satisfies ErrorCode[]
    ).map((code) => [
      code,
      "the end of a prepared request, after the preview of an `up`: operations/drift-repair/plan and drift-repair.engine",
    ]),
  ),
  ...Object.fromEntries(
    (["masking-profile-unreadable", "masking-profile-invalid", "masking-profile-outgrown"] satisfies ErrorCode[]).map(
      (code) => [code, "about a file that people edit until it is right: command-line/output.cloud"],
    ),
  ),
  ...Object.fromEntries(
    (
      [
        "refresh-environment-unknown",
        "refresh-source-undeclared",
        "refresh-source-uncertain",
        "refresh-source-elsewhere",
        "refresh-source-unrestorable",
        "refresh-not-covered",
        "refresh-profile-of-other",
        "subset-unreadable",
        "masking-transformer-invalid",
        "subset-invalid",
        "refresh-target-taken",
        "refresh-target-unfit",
        "refresh-copy-unfit",
        "refresh-tables-unknown",
        "refresh-tables-incomplete",
        "refresh-subset-unfit",
        "refresh-moved",
        "refresh-target-replaced",
        "target-database-missing",
        "disarming-failed",
        "masking-key-unusable",
        "removal-no-copy",
        "removal-moved",
        "removal-waits",
        "extension-refused",
        "extension-unseen",
        "removal-left",
        "preview-missing",
        "preview-of-another",
        "preview-of-other-database",
        "preview-not-ready",
        "preview-over",
        "preview-used-up",
        "preview-table-unknown",
      ] satisfies ErrorCode[]
    ).map((code) => [code, "it takes a declared source and a profile: operations/environment-refresh"]),
  ),
  "masking-output": "a file of one's own, under another name: command-line/output.cloud",
  "masking-value-unfit": "in mid-copy: masking/transformers",
  "import-replica": "a read replica, which the embedded cloud refuses: targets/existing-database",
  "import-engine": "Aurora, which the embedded cloud has not: targets/existing-database",
  "backups-elsewhere": "a read replica, which the embedded cloud refuses: operations/backup-audit/steps",
};

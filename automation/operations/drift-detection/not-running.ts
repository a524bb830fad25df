/** Pure: that nobody can look into a database, in the state that it is in. */
import type { Difference, InstanceNow } from "./differences";

/** States that last until someone acts; in those that pass by, such as a restart, nothing is wrong. */
const closed = [
  ...["stopped", "failed", "storage-full", "restore-error", "insufficient-capacity"],
  ...["inaccessible-encryption-credentials", "inaccessible-encryption-credentials-recoverable"],
  ...["incompatible-network", "incompatible-option-group", "incompatible-parameters", "incompatible-restore"],
];

export const notRunning = (identifier: string, { status }: InstanceNow): Difference[] =>
  closed.includes(status)
    ? [
        {
          ...{ urn: identifier, type: "database", property: "status", desired: "available", actual: status },
          ...{ class: "unreadable", severity: "high", breaks: [] },
          reason:
            status === "stopped"
              ? `nobody can look into it: \`aws rds start-db-instance --db-instance-identifier ${identifier}\` starts it, and RDS does after seven days`
              : `nobody can look into it: \`aws rds describe-events --source-type db-instance --source-identifier ${identifier}\` says why`,
        },
      ]
    : [];

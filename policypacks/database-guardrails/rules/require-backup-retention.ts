import { unlessReplica } from "../vocabulary/origin";
import { defineRule } from "../judging/rule";
import { namedStrictness, strictnessOf } from "../vocabulary/strictness";

/** The AWS default. */
const defaultDays = 1;

export const requireBackupRetention = defineRule({
  id: "require-backup-retention",
  title: "Backups are kept as long as the tier requires",
  severity: "high",
  owner: "team-platform",
  controls: ["RDS.11", "RDS.50", "CKV_AWS_133"],
  properties: ["backupRetentionPeriod"],
  why: "Damage is often noticed only after days. Rows deleted a week ago can't be recovered if backups are kept for one day, which is the AWS default.",
  solution: "Set `backupRetentionPeriod` to what the tier requires. `StandardDatabase` does.",
  // A replica's data is covered by its source's backups.
  ...unlessReplica(function* (database, { standard }) {
    const strictness = strictnessOf(database, standard);
    const minimum = strictness.standard.backupRetentionDays;
    const found = database.number("backupRetentionPeriod");
    if ((found ?? defaultDays) < minimum)
      yield {
        property: "backupRetentionPeriod",
        found: found ?? `not set (AWS default: ${defaultDays})`,
        allowed: `${minimum} days or more (${namedStrictness(strictness)})`,
        change: `set backupRetentionPeriod to ${minimum}`,
      };
  }),
});

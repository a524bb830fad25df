import { unlessReplica } from "../vocabulary/origin";
import { defineRule } from "../judging/rule";
import { namedStrictness, strictnessOf } from "../vocabulary/strictness";

/** What AWS does when nothing is said. */
const defaultDays = 1;

export const requireBackupRetention = defineRule({
  id: "require-backup-retention",
  title: "Backups are kept as long as the tier says",
  severity: "high",
  owner: "team-platform",
  controls: ["RDS.11", "RDS.50", "CKV_AWS_133"],
  properties: ["backupRetentionPeriod"],
  why: "Damage is often noticed after days. What was deleted a week ago can't be recovered from a database whose backups live for one day, and one day is what AWS gives when nothing is said.",
  solution: "Set `backupRetentionPeriod` to what the tier asks for. `StandardDatabase` does.",
  // A replica's backups are its source's business.
  ...unlessReplica(function* (database) {
    const strictness = strictnessOf(database);
    const least = strictness.standard.backupRetentionDays;
    const found = database.number("backupRetentionPeriod");
    if ((found ?? defaultDays) < least)
      yield {
        property: "backupRetentionPeriod",
        found: found ?? `not set, which is ${defaultDays} on AWS`,
        allowed: `${least} days or more (${namedStrictness(strictness)})`,
        change: `set backupRetentionPeriod to ${least}`,
      };
  }),
});

import * as pulumi from "@pulumi/pulumi";
import { logGroupName } from "./log-groups";
import type { StandardShape } from "./standard-shape";
import { exportedLogs } from "./standards/fixed";

/** What stays in the account when a retired database is destroyed, one sentence each. */
export function remainsAfterDestroy(
  shape: StandardShape,
  secretNames: string[],
  snapshot: pulumi.Output<string> | undefined,
  resourceId: pulumi.Output<string>,
  keyArn: pulumi.Input<string>,
): pulumi.Output<string[]> {
  const kept: pulumi.Input<string>[] = [];
  if (snapshot) kept.push(pulumi.interpolate`final snapshot ${snapshot}`);
  if (shape.retainAutomatedBackups)
    kept.push(pulumi.interpolate`automated backups of ${resourceId}, for ${shape.backupRetentionDays} days`);
  if (kept.length > 0) kept.push(pulumi.interpolate`the platform's key ${keyArn}, which opens them`);
  if (shape.keepLogs)
    kept.push(
      ...exportedLogs.map(
        (log) => `log group ${logGroupName(shape.identifier, log)}, entries for ${shape.logRetentionDays} days`,
      ),
    );
  if (shape.secretRecoveryDays > 0)
    kept.push(...secretNames.map((secret) => `secret ${secret}, recoverable for ${shape.secretRecoveryDays} days`));
  return pulumi.all(kept);
}

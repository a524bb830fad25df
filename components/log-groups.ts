import * as cloudwatch from "@pulumi/aws/cloudwatch";
import type * as pulumi from "@pulumi/pulumi";
import type { StandardShape } from "./standard-shape";
import { exportedLogs } from "./standards/fixed";
import type { Tags } from "./tags";

interface LogGroupSettings {
  keyArn: pulumi.Input<string>;
  /** Those that RDS has already created: they are imported. */
  exist: boolean | readonly string[];
  tags: Tags;
}

/** Created before the instance: RDS would create them itself, without retention and without our key. */
export function logGroups(
  name: string,
  shape: StandardShape,
  settings: LogGroupSettings,
  options: pulumi.CustomResourceOptions,
): cloudwatch.LogGroup[] {
  const { exist } = settings;
  const exists = (log: string) => (typeof exist === "boolean" ? exist : exist.includes(log));
  return exportedLogs.map((log) => {
    const groupName = logGroupName(shape.identifier, log);
    return new cloudwatch.LogGroup(
      `${name}-${log}`,
      {
        name: groupName,
        retentionInDays: shape.logRetentionDays,
        kmsKeyId: settings.keyArn,
        skipDestroy: shape.keepLogs,
        tags: settings.tags,
      },
      exists(log) ? { ...options, import: groupName } : options,
    );
  });
}

/** RDS determines the name. */
export function logGroupName(identifier: string, log: (typeof exportedLogs)[number]): string {
  return `/aws/rds/instance/${identifier}/${log}`;
}

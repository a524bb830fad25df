import * as rds from "@pulumi/aws/rds";
import * as pulumi from "@pulumi/pulumi";
import { alarm, replicaLagAlarm, standardAlarms } from "./alarms";
import { decidedProperties } from "./decided-properties";
import { minorOf } from "./found-properties";
import { logGroups } from "./log-groups";
import type { PlatformReference } from "./database-request";
import { parameterGroup } from "./parameter-group";
import type { ResolvedRequest } from "./request-schema";
import { runningInstance, type Running } from "./running-instance";
import { parametersOf, type StandardShape } from "./standard-shape";
import { instanceTagOf, tierStandard, type Standard } from "./standards/standard";
import { standardTag } from "./standards/fixed";
import type { Tags } from "./tags";

/** A replica has the numbers 1 to `replicas`; a lower number of them deletes the last. */
export const replicaIdentifiers = ({ identifier }: Pick<StandardShape, "identifier">, replicas: number): string[] =>
  Array.from({ length: replicas }, (_, index) => `${identifier}-replica-${index + 1}`);

interface ReplicaSettings {
  source: rds.Instance;
  engineVersion: pulumi.Input<string>;
  platform: PlatformReference;
  securityGroupId: pulumi.Input<string>;
  tags: Tags;
  standard: Standard;
}

/**
 * The read replicas of a database, with a parameter group that all of them have, and for each its log groups and
 * alarms. They have no roles of their own: those of the source come with its data.
 */
export function readReplicas(
  name: string,
  request: ResolvedRequest,
  shape: StandardShape,
  settings: ReplicaSettings,
  options: pulumi.CustomResourceOptions,
): { instances: rds.Instance[]; leaves: pulumi.Resource[] } {
  if (request.replicas === 0) return { instances: [], leaves: [] };
  const { platform, standard, tags } = settings;
  const group = parameterGroup(
    `${name}-replica-parameters`,
    {
      groupName: `${shape.identifier}-replica-${shape.parameterGroupFamily}`,
      family: shape.parameterGroupFamily,
      parameters: parametersOf(request, standard).parameters,
      tags,
    },
    options,
  );
  const thresholds = tierStandard(standard, shape.tier, shape.environment).alarms;
  const replicas = replicaIdentifiers(shape, request.replicas).map((identifier, index) => {
    const own = { ...shape, identifier };
    const suffix = `${name}-replica-${index + 1}`;
    const logs = logGroups(`${suffix}-log`, own, { keyArn: platform.keyArn, exist: false, tags }, options);
    const instance = new rds.Instance(
      suffix,
      replicaArguments(own, { ...settings, parameterGroupName: group.name }),
      // Not protected: its data is its source's, and fewer replicas must not need a retirement.
      { ...options, dependsOn: logs },
    );
    const alarms = [...standardAlarms(own, thresholds), replicaLagAlarm].map((one) =>
      alarm(
        `${suffix}-alarm`,
        one,
        pulumi.output({ threshold: one.threshold, ...(one.math ? { math: one.math } : {}) }),
        instance,
        { identifier, topicArn: platform.topicArn, tags },
        options,
      ),
    );
    return { instance, alarms };
  });
  return {
    instances: replicas.map(({ instance }) => instance),
    leaves: replicas.flatMap(({ instance, alarms }) => [instance, ...alarms]),
  };
}

/**
 * As of the source, except what RDS takes from there (subnet group, name of the master, port) or has no use for: a
 * second standby, backups, a final snapshot, protection.
 */
function replicaArguments(
  shape: StandardShape,
  settings: ReplicaSettings & { parameterGroupName: pulumi.Input<string> },
): rds.InstanceArgs {
  const { backupWindow: _none, ...decided } = decidedProperties(shape);
  const { platform } = settings;
  return {
    ...decided,
    identifier: shape.identifier,
    replicateSourceDb: settings.source.identifier,
    engineVersion: settings.engineVersion,
    allowMajorVersionUpgrade: false,
    kmsKeyId: platform.keyArn,
    vpcSecurityGroupIds: [settings.securityGroupId],
    parameterGroupName: settings.parameterGroupName,
    monitoringRoleArn: platform.monitoringRoleArn,
    performanceInsightsKmsKeyId: platform.keyArn,
    multiAz: false,
    backupRetentionPeriod: 0,
    deleteAutomatedBackups: true,
    skipFinalSnapshot: true,
    deletionProtection: false,
    applyImmediately: false,
    // Without the tag that has AWS Backup select it: its source is selected.
    tags: { ...settings.tags, [standardTag]: instanceTagOf(settings.standard) },
  };
}

/**
 * The minor of the source in this `up`: the one that it runs, until all of its replicas have the new one. RDS would
 * delay the upgrade otherwise; the next `up` after theirs brings it.
 */
export function versionAfterReplicas(
  wanted: pulumi.Output<string>,
  running: pulumi.Output<Running | undefined>,
  shape: StandardShape,
  replicas: number,
  options: pulumi.InvokeOptions,
): pulumi.Output<string> {
  if (replicas === 0) return wanted;
  const found = replicaIdentifiers(shape, replicas).map((identifier) => runningInstance(identifier, options));
  return pulumi.all([wanted, running, pulumi.all(found)]).apply(([version, source, others]) => {
    const waits = waitsForReplicas(version, source, others);
    if (waits)
      void pulumi.log.warn(
        `${shape.identifier}: its replicas get ${version} first; run \`pulumi up\` once more when they have it, for the source.`,
      );
    return waits ?? version;
  });
}

/** Pure. The version that the source keeps; undefined if it need not wait. */
export function waitsForReplicas(
  wanted: string,
  source: Pick<Running, "engineVersion"> | undefined,
  replicas: readonly (Pick<Running, "engineVersion"> | undefined)[],
): string | undefined {
  if (!source || minorOf(wanted) <= minorOf(source.engineVersion)) return undefined;
  const isOlder = replicas.some((one) => one !== undefined && minorOf(one.engineVersion) < minorOf(wanted));
  return isOlder ? source.engineVersion : undefined;
}

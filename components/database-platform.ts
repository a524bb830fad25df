import { getCallerIdentityOutput } from "@pulumi/aws/getCallerIdentity";
import { getPartitionOutput } from "@pulumi/aws/getPartition";
import { getRegionOutput } from "@pulumi/aws/getRegion";
import * as iam from "@pulumi/aws/iam";
import * as kms from "@pulumi/aws/kms";
import * as rds from "@pulumi/aws/rds";
import * as pulumi from "@pulumi/pulumi";
import { backupPlans } from "./backup-plans";
import { parseInput } from "./input-errors";
import { destroyGuard } from "./destroy-guard";
import { notifications } from "./notifications";
import { parameterGroup } from "./parameter-group";
import type { DatabasePlatformArgs } from "./platform-request";
import { platformArgumentsOf } from "./platform-arguments";
import { programRegion, programStandard } from "./program-standard";
import { assumedBy, keyPolicy, type AwsLocation } from "./platform-policies";
import { securityGroup } from "./security-group";
import { familyOf, keyDeletionDays, stackTag, standardTag } from "./standards/fixed";
import { filled, kindOf, tagOf } from "./standards/standard";

/**
 * What the databases of a Region share, and what AWS limits per account: the key, the topic, the monitoring role, the
 * subnet group, parameter groups, event subscriptions and backup plans. It outlives every database: their backups need
 * the key.
 *
 * @throws pulumi.RunError, once, before anything is created, with a line `path: reason (given …)` for each wrong
 * argument.
 *
 * @example
 * ```ts
 * const platform = new DatabasePlatform("platform", {
 *   owner: "team-platform", costCenter: "1000", environment: "production", copyRegion: "eu-west-1",
 *   vpcId: network.vpcId, subnetIds: network.privateSubnetIds,
 * });
 * ```
 */
export class DatabasePlatform extends pulumi.ComponentResource {
  /** As given: databases and throwaways are in it. */
  readonly vpcId: pulumi.Output<string>;
  /** Encrypts storage, backups, logs, secrets and the topic. */
  readonly keyArn: pulumi.Output<string>;
  /** Where alarms and RDS's events go. Subscribe people to it: no subscription is created here. */
  readonly topicArn: pulumi.Output<string>;
  /** The role RDS writes enhanced monitoring with. */
  readonly monitoringRoleArn: pulumi.Output<string>;
  /** The private subnets of the databases. */
  readonly subnetGroupName: pulumi.Output<string>;
  /** The standard's parameter group by family: `{postgres17: "…"}`. */
  readonly parameterGroupNames: pulumi.Output<Record<string, string>>;
  /** The AWS Backup vault of this Region; copies are in another, in `copyRegion`. */
  readonly backupVaultName: pulumi.Output<string>;
  /** The only security group of restored throwaways: no access for applications, and no egress. */
  readonly isolationSecurityGroupId: pulumi.Output<string>;

  constructor(name: string, args: DatabasePlatformArgs, options: pulumi.ComponentResourceOptions = {}) {
    const standard = programStandard((args as DatabasePlatformArgs | undefined)?.standard);
    const request = parseInput(
      platformArgumentsOf(standard, programRegion()),
      (args as DatabasePlatformArgs | undefined) ?? {},
      `DatabasePlatform "${name}"`,
    );
    const { vpcId, subnetIds, workerSecurityGroupIds } = request;
    super(
      "shipshape:index:DatabasePlatform",
      name,
      { platformName: request.platformName, environment: request.environment, standardVersion: standard.version },
      options,
    );
    const child = { parent: this };
    const { platformName } = request;
    const keys = standard.tags;
    const tags = {
      ...standard.alsoTags,
      [keys.service.key]: platformName,
      [keys.owner.key]: request.owner,
      [keys.environment.key]: request.environment,
      [keys.costCenter.key]: request.costCenter,
      [stackTag]: `${pulumi.getProject()}/${pulumi.getStack()}`,
      [standardTag]: tagOf(standard),
    };
    const location = currentLocation(child).apply((found) => {
      if (found.region !== request.copyRegion) return found;
      throw new pulumi.RunError(
        `copyRegion: ${found.region} is the platform's own Region; give another one, which the loss of this one does not affect`,
      );
    });
    // Destroying a key makes every backup encrypted with it unreadable, at once and for good.
    const kind = kindOf(standard, request.environment);
    // What another platform name would replace, with all that databases and people rely on.
    const lasting = { ...child, protect: !request.retire };
    const keyOptions = { ...lasting, retainOnDelete: kind === "production" };

    const key = new kms.Key(
      `${name}-key`,
      {
        description: `Shipshape: databases, logs, secrets and notifications of ${platformName}`,
        enableKeyRotation: true,
        deletionWindowInDays: keyDeletionDays(kind),
        policy: location.apply(keyPolicy),
        tags,
      },
      keyOptions,
    );
    const alias = new kms.Alias(
      `${name}-key-alias`,
      { name: `alias/${filled(standard.birth.keyAlias, { platform: platformName })}`, targetKeyId: key.keyId },
      child,
    );

    const notified = notifications(name, { platformName, keyArn: key.arn, location, tags, lasting }, child);

    const monitoring = new iam.Role(
      `${name}-monitoring-role`,
      {
        // IAM has no Regions: the platforms of two Regions of an account must not collide.
        name: pulumi.interpolate`${platformName}-${location.region}-monitoring`,
        description: "RDS writes enhanced monitoring with it",
        assumeRolePolicy: assumedBy("monitoring.rds.amazonaws.com"),
        tags,
      },
      child,
    );
    const attachment = new iam.RolePolicyAttachment(
      `${name}-monitoring-role-policy`,
      {
        role: monitoring.name,
        policyArn: pulumi.interpolate`arn:${location.partition}:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole`,
      },
      child,
    );

    const subnets = new rds.SubnetGroup(
      `${name}-subnets`,
      {
        name: filled(standard.birth.subnetGroup, { platform: platformName }),
        description: "Private subnets for databases",
        subnetIds,
        tags,
      },
      lasting,
    );

    const workers = pulumi
      .output(workerSecurityGroupIds ?? [])
      .apply((ids) => Object.fromEntries(ids.map((id) => [`control plane ${id}`, id])));
    const isolation = securityGroup(
      `${name}-isolation`,
      {
        groupName: `${platformName}-isolation`,
        description: "Restored throwaways: reached by the control plane alone",
        vpcId,
        reachableFrom: workers,
        tags,
      },
      child,
    );

    const groups = request.postgresMajors.map((major) => {
      const family = familyOf(major);
      return parameterGroup(
        `${name}-parameters-${family}`,
        { groupName: `${platformName}-${family}-standard`, family, parameters: standard.postgres.parameters, tags },
        child,
      );
    });

    const backups = backupPlans(
      name,
      {
        platformName,
        kind,
        keyArn: key.arn,
        copyRegion: request.copyRegion,
        location,
        keyOptions,
        lasting,
        tags,
      },
      child,
    );
    destroyGuard(
      name,
      !request.retire,
      [alias, attachment, subnets, isolation, ...groups, ...notified.leaves, ...backups.leaves],
      child,
    );

    this.vpcId = pulumi.output(vpcId);
    this.keyArn = key.arn;
    this.topicArn = notified.topicArn;
    this.monitoringRoleArn = monitoring.arn;
    this.subnetGroupName = subnets.name;
    this.parameterGroupNames = pulumi
      .all(groups.map((group) => pulumi.all([group.family, group.name])))
      .apply((pairs) => Object.fromEntries(pairs) as Record<string, string>);
    this.backupVaultName = backups.vaultName;
    this.isolationSecurityGroupId = isolation.id;
    this.registerOutputs({
      vpcId: this.vpcId,
      keyArn: this.keyArn,
      topicArn: this.topicArn,
      monitoringRoleArn: this.monitoringRoleArn,
      subnetGroupName: this.subnetGroupName,
      parameterGroupNames: this.parameterGroupNames,
      backupVaultName: this.backupVaultName,
      isolationSecurityGroupId: this.isolationSecurityGroupId,
    });
  }
}

function currentLocation(options: pulumi.InvokeOutputOptions): pulumi.Output<AwsLocation> {
  const account = getCallerIdentityOutput({}, options).accountId;
  const region = getRegionOutput({}, options).region;
  const partition = getPartitionOutput({}, options).partition;
  return pulumi.all([account, region, partition]).apply(([accountId, regionName, partitionName]) => ({
    account: accountId,
    region: regionName,
    partition: partitionName,
  }));
}

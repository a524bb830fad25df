import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { backupPlans } from "./backup-plans";
import { parseInput } from "./input-errors";
import { keystone } from "./keystone";
import { parameterGroup } from "./parameter-group";
import { standardParameters } from "./parameters";
import { assumedBy, inPlace, keyPolicy, topicPolicy, type Place } from "./platform-policies";
import { environments, keyDeletionDays, postgresMajors, postgresPort, standardTag, standardVersion, versionStandards } from "./standards";

const oneOf = <const T extends readonly (string | number)[]>(values: T) => z.literal(values as unknown as T[number][], { error: () => `give one of ${values.join(", ")}` });

export const platformRequest = z.strictObject({
  /** Starts the names of everything here; one platform in an account and Region needs no other. @default "shipshape" */
  platformName: z.string().regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, { error: () => "give lower-case words joined by single hyphens" }).max(32, { error: () => "give at most 32 characters" }).default("shipshape"),
  owner: z.string({ error: () => "owner (the team) is missing" }).min(1, { error: () => "owner (the team) is missing" }),
  costCenter: z.string({ error: () => "costCenter is missing" }).min(1, { error: () => "costCenter is missing" }),
  /** The most that stands on it: a platform of production databases is itself production. */
  environment: oneOf(environments),
  /** A parameter group is made for each. @default all approved */
  postgresMajors: z.array(oneOf(postgresMajors)).min(1, { error: () => "give at least one" }).default([...postgresMajors]),
  /** Where the gold tier's backups are copied. @default undefined: no copies */
  copyRegion: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, { error: () => 'give a Region, as "eu-west-1"' }).optional(),
  /** First step of retirement: lifts the key's protection; the key then lives as long as the account keeps it. @default false */
  retire: z.boolean({ error: () => "give true or false" }).default(false),
}).superRefine((request, context) => {
  if (request.environment === "production" && !request.copyRegion) context.addIssue({ code: "custom", path: ["copyRegion"], input: request.copyRegion, message: "is missing: gold databases in production are copied to another Region" });
});

export interface DatabasePlatformArgs extends z.input<typeof platformRequest> {
  vpcId: pulumi.Input<string>;
  /** Private ones, in at least two zones. */
  subnetIds: pulumi.Input<pulumi.Input<string>[]>;
  /** Security groups of the control plane's workers: they alone reach restored throwaways. @default [] nobody does */
  workerSecurityGroupIds?: pulumi.Input<pulumi.Input<string>[]>;
}

const instanceEvents = ["availability", "configuration change", "deletion", "failover", "failure", "low storage", "maintenance", "recovery"];

/**
 * What the databases of a Region share, and what AWS counts per account: the key, the topic, the monitoring role, the subnet group,
 * parameter groups, event subscriptions and backup plans. It outlives every database: the key opens their backups.
 */
export class DatabasePlatform extends pulumi.ComponentResource {
  readonly vpcId: pulumi.Output<string>;
  readonly keyArn: pulumi.Output<string>;
  readonly topicArn: pulumi.Output<string>;
  readonly monitoringRoleArn: pulumi.Output<string>;
  readonly subnetGroupName: pulumi.Output<string>;
  /** By family. */
  readonly parameterGroupNames: pulumi.Output<Record<string, string>>;
  readonly backupVaultName: pulumi.Output<string>;
  /** The only security group of restored throwaways: no application is let in, and nothing is let out. */
  readonly isolationSecurityGroupId: pulumi.Output<string>;

  constructor(name: string, args: DatabasePlatformArgs, options: pulumi.ComponentResourceOptions = {}) {
    const { vpcId, subnetIds, workerSecurityGroupIds, ...plain } = args;
    const request = parseInput(platformRequest, plain, `DatabasePlatform "${name}"`);
    super("shipshape:index:DatabasePlatform", name, { platformName: request.platformName, environment: request.environment, standardVersion }, options);
    const child = { parent: this };
    const { platformName } = request;
    const tags = { service: platformName, owner: request.owner, environment: request.environment, "cost-center": request.costCenter, "shipshape:stack": `${pulumi.getProject()}/${pulumi.getStack()}`, [standardTag]: standardVersion };
    const place = here(child);
    // Destroying a key destroys every backup it opens, at once and for good.
    const production = request.environment === "production";
    const keyOptions = { ...child, protect: !request.retire, retainOnDelete: production };

    const key = new aws.kms.Key(`${name}-key`, {
      description: `Shipshape: databases, logs, secrets and notifications of ${platformName}`,
      enableKeyRotation: true,
      deletionWindowInDays: keyDeletionDays(request.environment),
      policy: inPlace(place, keyPolicy),
      tags,
    }, keyOptions);
    const alias = new aws.kms.Alias(`${name}-key-alias`, { name: `alias/${platformName}-databases`, targetKeyId: key.keyId }, child);

    // With our key: CloudWatch cannot publish to a topic encrypted with the default key of SNS.
    const topic = new aws.sns.Topic(`${name}-topic`, { name: `${platformName}-databases`, displayName: "Shipshape databases", kmsMasterKeyId: key.arn, tags }, child);
    const policy = new aws.sns.TopicPolicy(`${name}-topic-policy`, { arn: topic.arn, policy: pulumi.all([topic.arn, place]).apply(([arn, where]) => topicPolicy(arn, where)) }, child);

    const monitoring = new aws.iam.Role(`${name}-monitoring-role`, { name: `${platformName}-monitoring`, description: "RDS writes enhanced monitoring with it", assumeRolePolicy: assumedBy("monitoring.rds.amazonaws.com"), tags }, child);
    const attachment = new aws.iam.RolePolicyAttachment(`${name}-monitoring-role-policy`, { role: monitoring.name, policyArn: pulumi.interpolate`arn:${place.partition}:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole` }, child);

    const subnets = new aws.rds.SubnetGroup(`${name}-subnets`, { name: `${platformName}-databases`, description: "Private subnets for databases", subnetIds, tags }, child);

    const isolation = new aws.ec2.SecurityGroup(`${name}-isolation`, {
      name: `${platformName}-isolation`,
      description: "Restored throwaways: reached by the control plane alone",
      vpcId,
      ingress: pulumi.output(workerSecurityGroupIds ?? []).apply(workers => (workers.length === 0 ? [] : [{ description: "control plane", protocol: "tcp", fromPort: postgresPort, toPort: postgresPort, securityGroups: workers }])),
      egress: [],
      tags: { ...tags, Name: `${platformName}-isolation` },
    }, child);

    const groups = request.postgresMajors.map(major => {
      const { family } = versionStandards[major];
      return parameterGroup(`${name}-parameters-${family}`, { groupName: `${platformName}-${family}-standard`, family, parameters: standardParameters, tags }, child);
    });

    // Without source ids each covers all there are: one of each kind for the account, where one per database would soon meet the quota.
    const subscriptions = ([
      ["instances", "db-instance", instanceEvents],
      ["parameter-groups", "db-parameter-group", ["configuration change"]],
      ["security-groups", "db-security-group", ["configuration change", "failure"]],
    ] as const).map(([suffix, sourceType, eventCategories]) =>
      new aws.rds.EventSubscription(`${name}-events-${suffix}`, { name: `${platformName}-${suffix}`, snsTopic: topic.arn, sourceType, eventCategories: [...eventCategories], enabled: true, tags }, child));

    const backups = backupPlans(name, { platformName, environment: request.environment, keyArn: key.arn, copyRegion: request.copyRegion, place, keyOptions, tags }, child);
    keystone(name, !request.retire, [alias, policy, attachment, subnets, isolation, ...groups, ...subscriptions, ...backups.leaves], child);

    this.vpcId = pulumi.output(vpcId);
    this.keyArn = key.arn;
    this.topicArn = topic.arn;
    this.monitoringRoleArn = monitoring.arn;
    this.subnetGroupName = subnets.name;
    this.parameterGroupNames = pulumi.all(groups.map(group => pulumi.all([group.family, group.name]))).apply(pairs => Object.fromEntries(pairs) as Record<string, string>);
    this.backupVaultName = backups.vaultName;
    this.isolationSecurityGroupId = isolation.id;
    this.registerOutputs({
      vpcId: this.vpcId, keyArn: this.keyArn, topicArn: this.topicArn, monitoringRoleArn: this.monitoringRoleArn, subnetGroupName: this.subnetGroupName,
      parameterGroupNames: this.parameterGroupNames, backupVaultName: this.backupVaultName,
      isolationSecurityGroupId: this.isolationSecurityGroupId,
    });
  }
}

function here(options: pulumi.InvokeOutputOptions): pulumi.Output<Place> {
  const account = aws.getCallerIdentityOutput({}, options).accountId;
  const region = aws.getRegionOutput({}, options).region;
  const partition = aws.getPartitionOutput({}, options).partition;
  return pulumi.all([account, region, partition]).apply(([accountId, regionName, partitionName]) => ({ account: accountId, region: regionName, partition: partitionName }));
}

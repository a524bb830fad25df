/** A database that was created elsewhere, by hand or by another tool. */
export interface ExistingDatabase {
  /**
   * The RDS identifier of the existing database, as RDS shows it.
   * @example "legacy-orders"
   */
  identifier: string;
  /**
   * The current values where they differ from the standard, by the names of `aws.rds.Instance`. Remove its properties
   * one by one: each removal is one visible change.
   * @default {}
   * @example { backupRetentionPeriod: 3, multiAz: false }
   */
  asFound?: FoundProperties;
  /**
   * The properties that the database has none of, such as a monitoring role: names of `asFound`. In a stack's config,
   * `null` as the property's value says the same.
   * @default []
   * @example ["monitoringRoleArn"]
   */
  lacks?: string[];
  /**
   * The last day on which `asFound.engineVersion` may be older than the standard allows, at most 180 days ahead. Every
   * preview shows it.
   * @default undefined: the version is one that the standard allows
   * @example "2027-03-31"
   */
  upgradeBy?: string;
  /**
   * The log groups that RDS has already created, because these logs were exported before: they are imported with the
   * database. In a stack's config, `true` is both.
   * @default [] none
   * @example ["postgresql", "upgrade"]
   */
  logGroupsExist?: string[];
}

/**
 * Properties of `aws.rds.Instance` in which an existing database may differ from the standard until it is brought in
 * line. What is not given here is the standard's.
 */
export interface FoundProperties {
  /**
   * Storage in GiB, 5 to 65536.
   * @default the size's
   * @example 200
   */
  allocatedStorage?: number;
  /**
   * Whether RDS installs new minors without being asked.
   * @default false
   * @example true
   */
  autoMinorVersionUpgrade?: boolean;
  /**
   * The zone of a database without a second one.
   * @default undefined: RDS chose it
   * @example "eu-central-1a"
   */
  availabilityZone?: string;
  /**
   * Days that RDS keeps automated backups, 0 (none) to 35.
   * @default the tier's
   * @example 3
   */
  backupRetentionPeriod?: number;
  /**
   * The daily half hour or more of the backup, in UTC.
   * @default a half hour that follows from the identifier
   * @example "03:00-03:30"
   */
  backupWindow?: string;
  /**
   * The certificate authority of the server's certificate.
   * @default "rds-ca-rsa2048-g1"
   * @example "rds-ca-rsa4096-g1"
   */
  caCertIdentifier?: string;
  /**
   * Whether snapshots get the instance's tags.
   * @default true
   * @example false
   */
  copyTagsToSnapshot?: boolean;
  /**
   * `standard` or `advanced`; advanced needs Performance Insights kept for 465 days or more.
   * @default "standard"
   * @example "advanced"
   */
  databaseInsightsMode?: string;
  /**
   * The initial database.
   * @default databaseName
   * @example "orders"
   */
  dbName?: string;
  /**
   * The subnet group: RDS cannot move a database to another one of the same network.
   * @default the platform's
   * @example "default"
   */
  dbSubnetGroupName?: string;
  /**
   * Whether RDS deletes the automated backups with the database.
   * @default the tier's
   * @example true
   */
  deleteAutomatedBackups?: boolean;
  /**
   * Whether RDS refuses to delete it.
   * @default the tier's
   * @example false
   */
  deletionProtection?: boolean;
  /**
   * The logs that RDS exports to CloudWatch: postgresql, upgrade, iam-db-auth-error.
   * @default ["postgresql", "upgrade"]
   * @example []
   */
  enabledCloudwatchLogsExports?: string[];
  /**
   * Whether Extended Support is paid for when the major's own support ends.
   * @default "open-source-rds-extended-support-disabled"
   * @example "open-source-rds-extended-support"
   */
  engineLifecycleSupport?: string;
  /**
   * The version that runs, if the standard does not allow it: an older minor, or a major on Extended Support.
   * @default engineVersion
   * @example "13.20"
   */
  engineVersion?: string;
  /**
   * The name of the snapshot that is taken at a deletion.
   * @default the identifier, "final" and a random end
   * @example "final-legacy-orders"
   */
  finalSnapshotIdentifier?: string;
  /**
   * Whether roles may log in with IAM's tokens.
   * @default true
   * @example false
   */
  iamDatabaseAuthenticationEnabled?: boolean;
  /**
   * The instance class.
   * @default the size's
   * @example "db.m5.large"
   */
  instanceClass?: string;
  /**
   * I/O operations a second, 1000 to 256000: for io1 and io2, and for gp3 from 400 GiB.
   * @default what gp3 includes
   * @example 12000
   */
  iops?: number;
  /**
   * The key of the storage, as an ARN.
   * @default the platform's
   * @example "arn:aws:kms:eu-central-1:123456789012:key/0a1b2c3d-0001-4000-8000-0a1b2c3d0001"
   */
  kmsKeyId?: string;
  /**
   * The weekly half hour to a day of maintenance, in UTC.
   * @default the ring's
   * @example "sun:04:00-sun:04:30"
   */
  maintenanceWindow?: string;
  /**
   * Whether RDS creates and rotates the master password. False if it is known elsewhere: roles then come later.
   * @default true unless masterPassword is "own"
   * @example false
   */
  manageMasterUserPassword?: boolean;
  /**
   * The key of the managed master password's secret, which RDS never changes.
   * @default the platform's
   * @example "arn:aws:kms:eu-central-1:123456789012:key/0a1b2c3d-0001-4000-8000-0a1b2c3d0001"
   */
  masterUserSecretKmsKeyId?: string;
  /**
   * The storage in GiB that autoscaling may grow it to; 0 if it does not grow.
   * @default the size's
   * @example 0
   */
  maxAllocatedStorage?: number;
  /**
   * Seconds between two measurements of enhanced monitoring: 0 (none), 1, 5, 10, 15, 30 or 60.
   * @default the tier's
   * @example 0
   */
  monitoringInterval?: number;
  /**
   * The role that RDS writes enhanced monitoring with; it `lacks` one while the interval is 0.
   * @default the platform's
   * @example "arn:aws:iam::123456789012:role/rds-monitoring-role"
   */
  monitoringRoleArn?: string;
  /**
   * Whether it has a standby in a second zone.
   * @default the tier's
   * @example false
   */
  multiAz?: boolean;
  /**
   * `IPV4` or `DUAL`.
   * @default "IPV4"
   * @example "DUAL"
   */
  networkType?: string;
  /**
   * The parameter group, of the same major.
   * @default the platform's
   * @example "default.postgres17"
   */
  parameterGroupName?: string;
  /**
   * Whether Performance Insights is on.
   * @default true
   * @example false
   */
  performanceInsightsEnabled?: boolean;
  /**
   * Its key, which RDS never changes, as an ARN.
   * @default the platform's
   * @example "arn:aws:kms:eu-central-1:123456789012:key/0a1b2c3d-0001-4000-8000-0a1b2c3d0001"
   */
  performanceInsightsKmsKeyId?: string;
  /**
   * Days that it keeps its data: 7, a multiple of 31 up to 713, or 731.
   * @default 7
   * @example 731
   */
  performanceInsightsRetentionPeriod?: number;
  /**
   * The port, 1150 to 65535.
   * @default 5432
   * @example 5433
   */
  port?: number;
  /**
   * Whether it has a public address.
   * @default false
   * @example true
   */
  publiclyAccessible?: boolean;
  /**
   * Whether it is deleted without a last snapshot.
   * @default the tier's
   * @example true
   */
  skipFinalSnapshot?: boolean;
  /**
   * Whether its storage is encrypted; RDS cannot change that in place.
   * @default true
   * @example false
   */
  storageEncrypted?: boolean;
  /**
   * MiB a second, 125 to 4000: for gp3 from 400 GiB.
   * @default what gp3 includes
   * @example 500
   */
  storageThroughput?: number;
  /**
   * standard (magnetic), gp2, gp3, io1 or io2.
   * @default "gp3"
   * @example "gp2"
   */
  storageType?: string;
  /**
   * The tags that it has, all of them.
   * @default the standard's
   * @example { team: "orders" }
   */
  tags?: Record<string, string>;
  /**
   * The master's name, which never changes.
   * @default the standard's
   * @example "postgres"
   */
  username?: string;
  /**
   * The security groups that it has, by id.
   * @default the database's own
   * @example ["sg-0a1b2c3d4e5f60001"]
   */
  vpcSecurityGroupIds?: string[];
}

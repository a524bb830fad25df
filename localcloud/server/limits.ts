/** Every bound of the embedded cloud's server, with its reason. */
export const limits = {
  /** A parameter group of a few hundred parameters is 60 kB; nothing an SDK sends comes near this. */
  requestBytes: 1_048_576,
  /** As on AWS: a signature that is older, or from a clock further ahead, is refused. */
  signatureAgeMs: 15 * 60_000,
  /** Longer than the idle time after which SDKs and proxies close a connection themselves. */
  keepAliveMs: 75_000,
  /** Deepest path of a form parameter, e.g. `Filters.Filter.1.Values.Value.1` has 6 segments. */
  formDepth: 10,
  /** Deepest JSON body; recorded resources' policies have some ten levels. */
  jsonDepth: 100,
  /** Highest index in a form list; RDS takes far fewer. */
  formListLength: 1_000,
  /** RDS bounds of MaxRecords for Describe calls. */
  pageRecordsMin: 20,
  pageRecordsMax: 100,
  pageRecordsDefault: 100,
  /** RDS keeps events for 14 days. */
  eventAgeDays: 14,
  /** The number of events kept; the oldest are dropped first. */
  eventCount: 5_000,
  /** Each has its own folders and looks after its databases twice a second; a fleet of a few is what people try out. */
  accounts: 10,
  /** RDS quotas of a new account (User Guide, "Quotas and constraints"), which the owner of a fleet runs into. */
  instances: 40,
  parameterGroups: 50,
  subnetGroups: 50,
  subnetsPerGroup: 20,
  replicasPerSource: 15,
  eventSubscriptions: 20,
  tagsPerResource: 50,
  manualSnapshots: 100,
  accountsPerSharedSnapshot: 20,
  /** Secrets Manager: the maximum size of a secret's value, and the number of deprecated versions it keeps. */
  secretBytes: 65_536,
  deprecatedSecretVersions: 100,
  /**
   * API calls kept for CloudTrail's LookupEvents: months of changes, some hours of a busy poller's reads, a few MB of
   * disk.
   */
  loggedChanges: 10_000,
  loggedReads: 2_000,
  /** How often the server checks for crashed databases and for maintenance windows that have begun. */
  watchMs: 500,
  /**
   * How often it checks for managed master passwords whose rotation is due: they rotate weekly, so this is often
   * enough.
   */
  secretsWatchMs: 5_000,
  /** Operations that run at the same time; the others wait: a laptop can start four databases at once, not forty. */
  operationsAtOnce: 4,
  /** How often an instance whose disk was full or whose port was taken is retried. */
  faultRetryMs: 5_000,
  /** Attempts at a replica whose source restarts meanwhile, after a patch or a crash, and how far apart they are. */
  replicaAttempts: 10,
  replicaRetryMs: 1_000,
  /** Restarts of a crashed database in a row before it is declared failed. */
  crashRestartsInRow: 5,
  /** How long a database must run before its earlier crashes are forgotten. */
  crashForgottenMs: 60_000,
  /** LatestRestorableTime is refreshed when the last heartbeat is older; each costs a WAL segment, mostly empty. */
  heartbeatMs: 1_000,
  /** How long a Describe waits for it: a database that is busy or stuck keeps its previous time. */
  heartbeatWaitMs: 1_000,
  /** When a failed automated backup is retried. */
  backupRetryMs: 300_000,
  /** How often to check for backups that have outlived their retention period. */
  retentionWatchMs: 60_000,
  /** How often the server checks that the control plane's own database runs. */
  controlPlaneWatchMs: 1_000,
  /** A log portion: RDS gives at most 1 MB or 10,000 lines. */
  logPortionBytes: 1_000_000,
  logPortionLines: 10_000,
  /** How long `stop` waits for running operations to reach a point from which they can be resumed. */
  stopMs: 30_000,
} as const;

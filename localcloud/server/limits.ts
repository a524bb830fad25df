/** Every bound of the embedded cloud's server, with its reason. */
export const limits = {
  /** A parameter group of a few hundred parameters is 60 kB; nothing an SDK sends comes near this. */
  requestBytes: 1_048_576,
  /** As AWS: a signature made longer ago, or by a clock further ahead, is not taken any more. */
  signatureAgeMs: 15 * 60_000,
  /** Longer than the idle time after which SDKs and proxies give a connection up themselves. */
  keepAliveMs: 75_000,
  /** Deepest path of a form parameter, e.g. `Filters.Filter.1.Values.Value.1` has 6 segments. */
  formDepth: 10,
  /** Deepest JSON body; recorded resources' policies come to some ten levels. */
  jsonDepth: 100,
  /** Highest index in a form list; RDS takes far fewer. */
  formListLength: 1_000,
  /** RDS bounds of MaxRecords for Describe calls. */
  pageRecordsMin: 20,
  pageRecordsMax: 100,
  pageRecordsDefault: 100,
  /** RDS keeps events for 14 days. */
  eventAgeDays: 14,
  /** So many events and no more are kept, oldest dropped first. */
  eventCount: 5_000,
  /** RDS quotas of a new account (User Guide, "Quotas and constraints"), which a fleet's owner meets. */
  instances: 40,
  parameterGroups: 50,
  subnetGroups: 50,
  subnetsPerGroup: 20,
  eventSubscriptions: 20,
  tagsPerResource: 50,
  manualSnapshots: 100,
  /** Secrets Manager: the most a secret's value may hold, and how many deprecated versions it keeps. */
  secretBytes: 65_536,
  deprecatedSecretVersions: 100,
  /**
   * API calls kept for CloudTrail's LookupEvents: months of changes, some hours of a busy poller's reads, a few MB of
   * disk.
   */
  loggedChanges: 10_000,
  loggedReads: 2_000,
  /** How often the server looks for crashed databases and for windows that have come. */
  watchMs: 500,
  /** How often it looks for managed master passwords whose rotation is due: once a week, so this is soon. */
  secretsWatchMs: 5_000,
  /** Operations worked on at the same time; the others wait: a laptop starts four databases at once, not forty. */
  operationsAtOnce: 4,
  /** How often an instance whose disk was full or whose port was taken is tried again. */
  faultRetryMs: 5_000,
  /** Restarts of a crashed database in a row before it is declared failed. */
  crashRestartsInRow: 5,
  /** A database must run so long before its earlier crashes are forgotten. */
  crashForgottenMs: 60_000,
  /** LatestRestorableTime is made again when the last heartbeat is older; each costs a WAL segment, mostly empty. */
  heartbeatMs: 1_000,
  /** How long a Describe waits for it: a database that is busy or stuck keeps the time it had. */
  heartbeatWaitMs: 1_000,
  /** An automated backup that failed is tried again. */
  backupRetryMs: 300_000,
  /** How often to look for backups that have outlived their retention period. */
  retentionWatchMs: 60_000,
  /** How often it is seen to that the control plane's own database runs. */
  controlPlaneWatchMs: 1_000,
  /** A log portion: RDS gives at most 1 MB or 10,000 lines. */
  logPortionBytes: 1_000_000,
  logPortionLines: 10_000,
  /** How long `stop` waits for running operations to come to a point where they can be resumed. */
  stopMs: 30_000,
} as const;

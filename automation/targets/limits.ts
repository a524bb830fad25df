/** The limits of this folder, each with its reason. */

/** A login with TLS takes about 15 ms locally and 100 ms across zones; beyond this the network is blocked, not slow. */
export const databaseConnectTimeoutSeconds = 10;

/**
 * Pages of 100 that a listing of the fleet reads: 100 × 100 is ten times the largest fleet per account that AWS grants.
 */
export const fleetPagesMax = 100;

/**
 * How long to wait for the fleet from the RDS API: it returns a page within a second; after this the fleet is unknown.
 */
export const fleetAnswerSeconds = 30;

/** STS gives credentials within a second; one account that does not answer must not hold up the others for long. */
export const roleAnswerSeconds = 10;

/** Credentials are renewed this long before they expire: what is signed with them must still be answered. */
export const credentialsRenewedSeconds = 300;

/**
 * How long everything may take that one account and Region is asked: guardrails ask for each parameter group and
 * snapshot, some minutes for a thousand.
 */
export const locationAnswerSeconds = 600;

/** Accounts and Regions that are asked at once: each answer is some pages in memory, and clients of its own. */
export const locationsAtOnceMax = 8;

/** STS identifies the caller within a second; an offline machine should not wait longer for the error. */
export const principalAnswerSeconds = 10;

/**
 * Snapshots whose sharing is queried concurrently: a thousand take a minute, which leaves API quota for other callers.
 */
export const snapshotQueriesAtOnceMax = 4;

/**
 * How often a throttled query is retried, after the SDK's own three tries, and the first wait, which doubles: 15 s in
 * all.
 */
export const throttledRetriesMax = 4;
export const throttledWaitMilliseconds = 1000;

/**
 * One statement of the control plane in a fleet database, by default: it reads a few rows of catalogs or of a small
 * table.
 */
export const controlStatementSeconds = 60;

/**
 * How long such a statement waits for a lock that an application holds. A waiting session makes others wait behind it,
 * so it gives up soon.
 */
export const controlLockSeconds = 10;

/**
 * Sessions that the check of one database may lose before it gives up: a damaged page can end one, a dying server all
 * of them.
 */
export const checkSessionsLostMax = 5;

/** How long such a check waits for a crashed server to recover: at most as long as RDS takes to restart a small one. */
export const checkReopenSeconds = 120;

/** How often it is tried again meanwhile. */
export const checkReopenPollMilliseconds = 500;

/** Names of lost objects, unread relations and the like that a report lists; it always has their number. */
export const namedMax = 20;

/** Sequences that a drill compares: a schema of that many tables is rare, and each needs a query of a millisecond. */
export const sequencesMax = 10_000;

/** Rows against an assertion are counted up to here: a figure for people, not a census. */
export const assertionRowsMax = 1000;

/**
 * The access state of one database as text: objects that are alike are one row of some 500 bytes, so a usual one has
 * less than 100 kB. An owner who gives each of a hundred thousand tables other privileges fills no worker's memory.
 */
export const accessCatalogBytesMax = 2 ** 24;

/** Names of objects that are alike: enough to find them. */
export const accessNamesMax = 3;

/**
 * Ranges of checked blocks that a statement lists for later drills: those of the largest relations, in about 100 kB, and
 * none of a relation of less than 1 MiB. The rest is read again.
 */
export const verifiedMax = 2000;
export const verifiedBytesMin = 2 ** 20;

/**
 * Blocks of a heap that are checked at once, 64 MiB: less than a second when they are in memory, some seconds when they
 * come from S3. A budget is exceeded by no more than the last piece, and several sessions share a large heap.
 */
export const pieceBlocks = 8192;

/**
 * How long measuring a relation, or reading its last row, waits for a lock: a copy has none but those of vacuum, and of
 * prepared transactions, which never end.
 */
export const measureLockMilliseconds = 200;

/** How long an endpoint of alerts may take for its whole answer; Slack and SNS take less than a second. */
export const alertAnswerSeconds = 10;

/** How much of a webhook's answer is read, and how much of that is shown; Slack answers with one word. */
export const webhookAnswerBytesMax = 4096;
export const webhookAnswerCharactersMax = 200;

/**
 * How long KMS may take for one signature, which takes milliseconds, with what the SDK repeats. The log is locked while
 * its head is signed.
 */
export const kmsAnswerSeconds = 5;

/** The longest message that KMS signs (API reference of Sign): of a longer statement only a digest is signed. */
export const kmsMessageBytesMax = 4096;

/** How long S3 may take for one object: a statement has some kilobytes, one about a large population some megabytes. */
export const bucketAnswerSeconds = 60;

/** How long it may take to list a published log: a million names are a thousand answers. */
export const bucketListSeconds = 600;

/** How long CloudTrail keeps its event history (User Guide, "Working with CloudTrail event history"). */
export const trailDays = 90;

/**
 * Pages of 50 calls that are read about one resource: a database that is described every minute has 30 pages a day, and
 * a thousand calls back is as far as a change of today is looked for.
 */
export const trailPagesMax = 20;

/** Between two pages: AWS allows two requests a second in an account and Region, to everyone together. */
export const trailPauseMilliseconds = 500;

/** How often a request is tried that CloudTrail throttles: with adaptive waits about half a minute. */
export const trailAttemptsMax = 6;

/** CloudWatch's largest page, and pages of one database: the standard makes fourteen alarms for each. */
export const alarmPageSize = 100;
export const alarmPagesMax = 10;

/** How often a request is tried that CloudWatch throttles: it takes nine a second from an account and Region. */
export const alarmAttemptsMax = 6;

/** Rows that a draft of a masking profile looks at, of each table: a share of 90 % is then within two points. */
export const sampledRowsMax = 2000;

/** Characters of each of their values: enough to tell a sentence from a name. */
export const sampledCharactersMax = 300;

/** Reading a schema of some ten thousand columns from a busy catalog. */
export const schemaFactsSeconds = 300;

/** Queries whose counters are read, those that run most often: some 10 kB of a database. */
export const sampledStatementsMax = 200;

/** Between two questions of a client that measures a downtime: a twentieth of the shortest, which is about a second. */
export const watchedPauseMilliseconds = 50;

/** How often a team's health endpoint is asked: one slow answer of five is no outage. */
export const healthAsksMax = 5;
export const healthPauseMilliseconds = 200;

/** An endpoint that needs longer is not well. */
export const healthAnswerSeconds = 10;

/**
 * Databases of one instance that are looked into before an upgrade, each with a session and a dozen statements. A
 * standard one has three; what is beyond this is not looked into, and counts as that.
 */
export const upgradeDatabasesMax = 20;

/** Extensions of one database that are named: RDS offers fewer than a hundred. */
export const upgradeExtensionsMax = 200;

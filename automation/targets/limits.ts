/** The bounds of this folder, each with its reason. */

/**
 * A login over the network with TLS takes some 15 ms here and some 100 ms across zones; beyond this the network is
 * closed, not slow.
 */
export const databaseConnectTimeoutSeconds = 10;

/**
 * Pages of 100 that a listing of the fleet reads: 100 × 100 is ten times the largest fleet per account that AWS grants.
 */
export const fleetPagesMax = 100;

/**
 * How long the RDS API is asked about the fleet: it answers a page in a second; what does not answer in this is
 * unknown.
 */
export const fleetAnswerSeconds = 30;

/** Who asks is known to STS within a second; offline machines should not wait longer to be told so. */
export const principalAnswerSeconds = 10;

/**
 * Snapshots whose sharing is asked for at once: a thousand take a minute, and the quota of the API for other callers is
 * left alone.
 */
export const snapshotsAskedAtOnce = 4;

/**
 * How often a throttled question is asked again, after the SDK's own three tries, and the first wait, which doubles: 15
 * s in all.
 */
export const throttledRetriesMax = 4;
export const throttledWaitMilliseconds = 1000;

/**
 * One statement of the control plane in a fleet database, unless it says otherwise: a few rows of catalogs or of a
 * small table.
 */
export const controlStatementSeconds = 60;

/**
 * How long such a statement waits for a lock that an application holds. A session that waits for a lock makes others
 * wait behind it, so it gives up soon.
 */
export const controlLockSeconds = 10;

/**
 * Sessions that the check of one database may lose before it gives up: a damaged page can end one, a dying server all
 * of them.
 */
export const checkSessionsLostMax = 5;

/**
 * How long such a check waits for a server that crashed and recovers: as long as RDS takes to restart a small one, at
 * most.
 */
export const checkReopenSeconds = 120;

/** How often it is tried again meanwhile. */
export const checkReopenPollMilliseconds = 500;

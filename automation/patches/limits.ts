/** The limits of this folder, each with its reason. */

/** How long before the end of RDS's support of a major people are told: a major upgrade is planned over quarters. */
export const supportWarningDays = 365;

/** Trains that wait or go on at once: one for each major, and some that wait for people. */
export const openTrainsMax = 20;

/** A transaction is long from here on: a switchover that waits for it is rolled back after 300 s. */
export const longTransactionSeconds = 300;

/**
 * Transaction ids since the last freeze, of the 2.1 thousand million after which PostgreSQL stops: autovacuum begins at
 * 200 million, so at six times that it does not keep up (patching is no time to find out).
 */
export const transactionIdsMax = 1_200_000_000;

/** What a standby may be behind: one WAL segment of RDS. */
export const standbyBytesBehindMax = 2 ** 26;

/** pg_upgrade keeps all large objects in memory: RDS wants 32 GB for 25 million. Below this nobody notices. */
export const largeObjectsMax = 1_000_000;

/** Names in a sentence; the number is always there. */
export const namesShownMax = 5;

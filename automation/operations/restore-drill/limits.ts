/** The bounds of a restore drill, each with its reason. */

/**
 * A throwaway that its run did not remove is swept after a day: long enough for any drill, short enough to cost little.
 */
export const throwawayLifeHours = 24;

/** The longest that its heaps and indexes may be read: the rest of that day is for the restore and the removal. */
export const structureSecondsMax = 16 * 3600;

/**
 * The target is a whole second with a marker two seconds before it; the last commit reached may be that much earlier,
 * and no more.
 */
export const targetErrorSecondsMax = 3;

/**
 * Gap between marker, recovery target and marker: RDS restores to a whole second, and recovery stops before the first
 * later commit.
 */
export const markerGapSeconds = 2;

/** The most that may be read: more than the largest volume of RDS for PostgreSQL. */
export const structureGibMax = 65_536;

/** A relation counts as verified for as many drills as this: a database of four times the budget is covered. */
export const coverageDrills = 4;

/** Damaged relations that a report names; a longer list adds nothing. */
export const damagesMax = 20;

/**
 * Sessions that check one copy at once, however many vCPUs it has: the vCPUs of the standard's largest size. Each may
 * use 128 MB to compare an index with its heap.
 */
export const checkConnectionsMax = 16;

/**
 * RDS ships its log every five minutes. A commit of half an hour ago that cannot be restored yet misses every
 * objective.
 */
export const restorableWaitSecondsMin = 1800;

/** Reading the source, or writing a row: quick, and retried on a short failure of the network or the API. */
export const quickStep = { attemptsMax: 3, timeoutSeconds: 120 };

/** Reading a whole catalog. */
export const readingStep = { attemptsMax: 3, timeoutSeconds: 300 };

/**
 * An import, a change of the master password, and half an hour for a stack lock whose owner may be dead on another
 * machine.
 */
export const adoptionStep = { attemptsMax: 3, timeoutSeconds: 3600 };

/**
 * Six attempts of a removal span half a minute of failing calls, and more with the SDK's retries. After that the
 * clean-up is stuck, and the sweep tries again.
 */
export const removalStep = { attemptsMax: 6, timeoutSeconds: 3600 };
export const proofStep = { attemptsMax: 6, timeoutSeconds: 300 };

/** A team's assertions of one database. The plan quotes each, and so does the statement: 200 kB at most. */
export const assertionsMax = 50;
export const assertionBytesMax = 4000;

/** How long one assertion may take: the copy is cold, and on AWS its blocks come from S3. */
export const assertionSecondsMax = 300;

/** A worker that has just started reads the whole log: about a minute for a hundred thousand statements. */
export const evidenceStep = { attemptsMax: 3, timeoutSeconds: 600 };

/** The bounds of this folder, each with its reason. */

/**
 * How long one call to the durable engine may take. The engine itself tries again without end while its database is
 * away.
 */
export const durableCallSeconds = 60;

/**
 * How long a process waits for another that brings the durable engine's schema up to date: its migrations of an empty
 * database take seconds.
 */
export const schemaLockWaitSeconds = 120;

/**
 * How often a process asks whether another is done with bringing the durable engine's schema up to date, which takes
 * some seconds, once.
 */
export const schemaLockPollMilliseconds = 100;

/**
 * Runs one worker carries at once; a run mostly waits for the cloud, and each `up` in flight costs an engine process of
 * some 200 MB.
 */
export const operationsAtOnceMax = 4;

/** Runs of one database at once: two operations on it would measure and change each other. */
export const runsPerDatabaseMax = 1;

/** How often a worker asks the queue for more: what is queued begins within a blink, for ten small queries a second. */
export const queuePollMilliseconds = 100;

/** How often a run looks whether its clean-up has ended, once per drill and worker. */
export const cleanUpPollMilliseconds = 100;

/**
 * The pause after the first failed attempt of a step, and by how much each further one is longer. Most troubles that
 * pass do so in seconds.
 */
export const stepBackoffSeconds = 1;
export const stepBackoffFactor = 2;

/** How often a worker looks for what dead workers and ended runs left behind: a few queries on indexes. */
export const tendPollMilliseconds = 1000;

/** Runs of each kind that one look takes in; the next look takes the next ones. */
export const runsSweptMax = 200;

/** How often a worker says that it is alive. */
export const workerBeatMilliseconds = 2000;

/** Workers that died are forgotten after so many days, where nobody had anything to take over from them. */
export const workerRecordDays = 7;

/**
 * How often a run is taken over from a dead worker. Workers end with every deployment; a run that twenty ended with is
 * what ends them.
 */
export const recoveriesMax = 20;

/**
 * Clean-ups of one run that are started without being asked for, after the workflow of the one before was lost. Then a
 * human looks.
 */
export const cleanUpsByThemselvesMax = 3;

/**
 * A stuck clean-up is tried again after five minutes, then after twice as long each time, up to every hour, until what
 * it removes is gone.
 */
export const stuckRetrySecondsMin = 300;
export const stuckRetrySecondsMax = 3600;

/** How long a stopping worker waits for its runs; what is not done by then is recovered by the next worker. */
export const workerStopWaitSeconds = 5;

/**
 * How long a stack's lock is waited for: longer than any `up` of a database stack in the standard sizes, which takes
 * minutes.
 */
export const stackLockWaitSeconds = 1800;

/** How often a locked stack is tried again; each try starts an engine, which costs a second of CPU. */
export const stackLockPollMilliseconds = 3000;

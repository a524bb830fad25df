/** The bounds of this folder, each with its reason. */

/** One request to the embedded cloud's own API. It answers from memory; a stop is answered before it is done. */
export const localRequestTimeoutSeconds = 10;

/**
 * From the server process to its first answer: Node starts in 0.5–2 s; recovery of databases after a crash goes on
 * behind the first answer.
 */
export const localStartWaitSeconds = 60;

/**
 * A fast stop of PostgreSQL writes a checkpoint; some dozen databases with full buffers on a slow disk stay well below
 * this.
 */
export const localStopWaitSeconds = 120;

/** How often a wait looks again. Short, because a person sits before it, and a look costs a loopback request. */
export const localPollMilliseconds = 100;

/** The last lines of a log shown with an error: enough for a PostgreSQL FATAL with its context, few enough to read. */
export const logTailLinesMax = 12;

/** Rows the built-in prompt of `shipshape local psql` prints of one answer; a terminal is no place for more. */
export const promptRowsMax = 200;

/**
 * How long a waiting command bears with a control plane that does not answer: a restart or a failover of PostgreSQL
 * takes less.
 */
export const controlPlaneOutageSeconds = 180;

/** How often it is tried again meanwhile. */
export const controlPlaneOutagePollMilliseconds = 1000;

/**
 * How long a waiting command bears with there being no worker at all: longer than a deployment replaces the only one.
 */
export const workerMissingSeconds = 60;

/**
 * How long a worker that a command started for its own request waits for what else it began. A drill of the largest
 * database takes hours.
 */
export const workerDrainSeconds = 12 * 3600;

/** How often a waiting command looks how its run goes. */
export const requestPollMilliseconds = 250;

/** A step under way for longer is named to who waits: below that its end is told soon enough. */
export const stepTakesLongSeconds = 2;

/** How often an idle worker that is to end when all is done looks whether it is. */
export const workerIdlePollMilliseconds = 500;

/** Runs and findings that `shipshape status` lists. */
export const runsListedMax = 50;

/** Statements that `shipshape evidence list` lists. */
export const evidenceListedMax = 200;

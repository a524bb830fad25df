/**
 * Every bound of the command line and the control plane, with its reason. Nothing waits, loops, queues or lists without
 * one.
 */

/** Connections of one process to the control plane's database, beside those of the durable engine (its own pool). */
export const controlPlaneConnectionsMax = 10;

/** A login to the control plane's database takes milliseconds; beyond this its address leads nowhere. */
export const controlPlaneConnectSeconds = 10;

/**
 * How long a transaction may stand still: one of a frozen process ends then, with its locks. The engine's migrations
 * take a minute inside one at most.
 */
export const controlPlaneIdleTransactionSeconds = 180;

/**
 * Attempts, and seconds for each, of a step that only keeps records: quick and local, so what outlasts five attempts is
 * no passing trouble.
 */
export const recordAttemptsMax = 5;
export const recordSecondsMax = 30;

/**
 * From so long a silence on, a worker counts as frozen. Well above what a busy machine or a large program's load can
 * hold one up.
 */
export const workerSilentSecondsMax = 60;

/**
 * How long a run waits for the approval of its plan. The plan was made for the world of that day; older consent would
 * be to another world.
 */
export const approvalWaitSeconds = 7 * 24 * 3600;

/**
 * How often the cloud is asked whether a restore, or the log it needs, has come: often beside minutes of waiting, rare
 * beside API quotas.
 */
export const restorablePollMilliseconds = 500;

/**
 * Checkpoints looked at together for the newest that is truly signed: the first, unless somebody put others above it.
 */
export const checkpointsPerPage = 100;

/**
 * How far the clocks of two machines may differ: they are kept within seconds. What was sealed later than now by more
 * than this has no date to go by.
 */
export const clocksDifferSecondsMax = 300;

/**
 * An exported statement has some 10 kB, thousands of catalog differences included; beyond this it is no evidence of
 * ours.
 */
export const evidenceFileBytesMax = 8 * 2 ** 20;

/** Reading the whole catalog: a million columns take some ten seconds. */
export const inventorySeconds = 240;

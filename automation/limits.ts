/** Limits that more than one area uses, each with its reason. Nothing waits, loops, queues or lists without a limit. */

/**
 * Connections of one process to the control plane's database, besides the durable engine's own. Four runs and four
 * preparations at once need one each for some milliseconds; the smallest RDS instances have about a hundred for all
 * workers.
 */
export const controlPlaneConnectionsMax = 6;

/** Different statements of a process that may be prepared; there are some three hundred. */
export const statementsKnownMax = 1000;

/** How long, and how often, a process tries again when the database has no connection left, or is starting. */
export const controlPlaneBusySeconds = 60;
export const controlPlaneBusyPollMilliseconds = 250;

/** A login to the control plane's database takes milliseconds; beyond this nothing answers at its address. */
export const controlPlaneConnectSeconds = 10;

/**
 * How long a transaction may be idle: a frozen process's transaction ends then, with its locks. The engine's migrations
 * take at most a minute in one.
 */
export const controlPlaneIdleTransactionSeconds = 180;

/**
 * Attempts, and seconds for each, of a step that seals a statement: quick, but for two minutes of pauses in all, because
 * a key service may be away and the result of a run is worth waiting for.
 */
export const sealAttemptsMax = 8;
export const sealSecondsMax = 30;

/** Reading what is known about the recovery of one database: the whole evidence log, and two calls to the cloud. */
export const recoveryStep = { attemptsMax: 3, timeoutSeconds: 120 };

/**
 * A worker that is silent for this long counts as frozen. Well above the delays of a busy machine or of loading a large
 * program.
 */
export const workerSilentSecondsMax = 60;

/**
 * How long a plan waits for its approval. It was made for the state of that day; a later approval would be for a
 * different state.
 */
export const approvalWaitSeconds = 7 * 24 * 3600;

/** Changes of one ring in a day that `shipshape.yaml` can allow: a decision reads all that came before it. */
export const changesPerDayCeiling = 10_000;

/** Plans of one request: if what it is about changed that often before each was carried out, a human must look. */
export const preparationsMax = 5;

/** How long a worker's start and end wait for the place where evidence is published; it goes on, or ends, without. */
export const publicationWaitSeconds = 30;

/**
 * How often the cloud is polled for a restore, or the log it needs: after a tenth of the wait so far, which takes some
 * fifty polls for the first half minute and is rare compared with API quotas.
 */
export const cloudPoll = { share: 0.1, millisecondsMin: 50, millisecondsMax: 5000 };

/**
 * Checkpoints examined together for the newest that is validly signed: normally the first, unless others were inserted
 * above it.
 */
export const checkpointsPerPage = 100;

/**
 * How far the clocks of two machines may differ: they are kept within seconds. The date of a statement sealed further
 * in the future is unusable.
 */
export const clocksDifferSecondsMax = 300;

/**
 * An exported statement has about 10 kB, even with thousands of catalog differences; one about a population of 10,000
 * databases some 10 MB, and its OSCAL three times as much. A larger one is not our evidence.
 */
export const evidenceFileBytesMax = 64 * 2 ** 20;

/** Reading the whole catalog: a million columns take about ten seconds. */
export const inventorySeconds = 240;

/** How often a worker checks whether an alert is due: two indexed queries, and people do not notice seconds. */
export const alertPollMilliseconds = 5000;

/**
 * How often one of all workers looks for what is about to expire, which reads the whole evidence log; proofs, waivers
 * and plans are valid for days.
 */
export const expiryLookSeconds = 3600;

/** How soon a look that failed, or whose worker died, is repeated: the cause may last, and the look is not cheap. */
export const expiryLookRetrySeconds = 600;

/** Plans that wait for people and are looked at then, the oldest first. */
export const waitingPlansMax = 1000;

/** How often a worker checks whether a look for expected changes is due: an indexed query. */
export const expectedLookMilliseconds = 30_000;

/**
 * How often the workers, together, ask the cloud for them: a change takes minutes once someone makes it, and the answer
 * costs one listing of all instances.
 */
export const expectedLookSeconds = 300;

/** Expected changes that one look takes, and that a list shows; the next look takes the next ones. */
export const expectedChangesMax = 1000;

/** The last lines of what Pulumi said that are shown with an error: its diagnostics, and the outputs below them. */
export const platformLogLinesMax = 12;

/** The limits of this folder, each with its reason. */

/**
 * How long one call to the durable engine may take. The engine itself retries without end while its database is
 * unreachable.
 */
export const durableCallSeconds = 60;

/**
 * How long a process waits for another that migrates the durable engine's schema: migrating an empty database takes
 * seconds.
 */
export const schemaLockWaitSeconds = 120;

/**
 * How often a process checks whether another has finished migrating the durable engine's schema, which takes a few
 * seconds, once.
 */
export const schemaLockPollMilliseconds = 100;

/**
 * Runs that one worker carries out at once; a run mostly waits for the cloud, and each `up` in flight costs an engine
 * process of about 200 MB.
 */
export const operationsAtOnceMax = 4;

/**
 * Runs without a database of their own that one worker carries out at once: each mostly waits, and takes some kilobytes.
 */
export const coordinationsAtOnceMax = 100;

/**
 * Attempts of a step that makes a child request or waits, and the seconds that each may take besides the wait: it only
 * uses the control plane's database.
 */
export const coordinationAttemptsMax = 5;
export const coordinationSecondsMax = 30;

/**
 * Runs at once in one account and Region: a drill has an instance of its own, RDS allows 40 in an account and Region
 * unless asked for more, and the teams need theirs.
 */
export const runsPerAccountAndRegionMax = 20;

/** Runs of one operation at once: what an operation does wrong reaches so many databases before someone pauses it. */
export const runsPerOperationMax = 50;

/** Runs that are given a place by the end of one; the sweep gives the others theirs. */
export const placesFilledMax = 20;

/** How long a run may wait for one thing: two weeks; a state of months belongs in tables. */
export const waitSecondsMax = 14 * 24 * 3600;

/**
 * How often a run that waits looks without being woken: a limit of days must not depend on one timer of a process.
 */
export const waitLookSeconds = 60;

/** The durable engine's connections in a worker, for its short transactions, and in any process for enqueueing. */
export const workerEngineConnectionsMax = 6;
export const clientEngineConnectionsMax = 2;

/** Preparations that one worker makes at once: each reads for some seconds, and none waits for a person. */
export const preparationsAtOnceMax = 4;

/** Runs of one database at once: two operations on it would measure and change each other. */
export const runsPerDatabaseMax = 1;

/**
 * How often a worker looks at each queue without being asked to. It is notified of what is queued; a notification can
 * be lost with its session, and a place that another worker has left is not announced.
 */
export const queuePollMilliseconds = 5000;

/**
 * The least time between two looks at a queue: a look costs as much as a step, and takes whatever has been queued and
 * become free since the last one.
 */
export const queueLookMilliseconds = 20;

/** How often the durable engine tells what its workflows wait for of each other: nothing here does. */
export const engineNotifyMilliseconds = 60_000;

/** How often the durable engine looks for schedules of its own: it has none. */
export const engineSchedulePollMilliseconds = 3_600_000;

/** How often a run checks whether its clean-up has ended, once per drill and worker. */
export const cleanUpPollMilliseconds = 100;

/**
 * The pause after the first failed attempt of a step, and the factor for each further one. Most transient failures last
 * seconds.
 */
export const stepBackoffSeconds = 1;
export const stepBackoffFactor = 2;

/**
 * How often a worker looks for what dead workers and ended runs left behind: a few indexed queries. A command that
 * leaves it something to do notifies it.
 */
export const maintenancePollMilliseconds = 5000;

/** Runs of each kind that one sweep handles; the next sweep takes the next ones. */
export const runsSweptMax = 200;

/** How often a worker reports that it is alive. */
export const workerBeatMilliseconds = 2000;

/** How often a step's progress is written: people read it, and verifying a large database takes hours. */
export const progressWriteMilliseconds = 1000;

/**
 * How long a worker keeps the lock of a run between two steps: mostly the next one follows at once. The clean-up of a
 * cancelled run may wait that much longer.
 */
export const runLockLingerMilliseconds = 1000;

/** Dead workers without runs to take over are forgotten after this many days. */
export const workerRecordDays = 7;

/**
 * How often a run is taken over from a dead worker. Workers end with every deployment; if twenty ended during one run,
 * the run is the cause.
 */
export const recoveriesMax = 20;

/**
 * Days that the durable engine's records of an ended workflow are kept: people who wonder what a run did look within a
 * week, and its own records stay. And how many one sweep removes: more than any number of workers carries out meanwhile.
 */
export const workflowsKeptDays = 7;
export const workflowsForgottenMax = 500;

/** Workflows that were set aside for lack of their version, and that one pass of a worker puts back into their queues. */
export const workflowsPutBackMax = 200;

/**
 * Clean-ups of one run that are started automatically after the workflow of the previous one was lost. Then a human
 * must act.
 */
export const automaticCleanUpsMax = 3;

/**
 * A stuck clean-up is retried after five minutes, then after twice as long each time, up to every hour, until it
 * succeeds.
 */
export const stuckRetrySecondsMin = 300;
export const stuckRetrySecondsMax = 3600;

/** How long a stopping worker waits for its runs; the next worker recovers the rest. */
export const workerStopWaitSeconds = 5;

/**
 * How long to wait for a stack's lock: longer than any `up` of a database stack in the standard sizes, which takes
 * minutes.
 */
export const stackLockWaitSeconds = 1800;

/** How often a locked stack is retried; each try starts an engine, which costs a second of CPU. */
export const stackLockPollMilliseconds = 3000;

/**
 * How often a state or lock is read that was found cut off, and the pause in between: writing one takes milliseconds,
 * some hundred on a busy machine. A state that stays cut off is known to be broken after two seconds.
 */
export const halfWrittenTriesMax = 6;
export const halfWrittenPauseMilliseconds = 400;

/** A file that was not touched for so long is not being written; clocks of file servers may differ by some seconds. */
export const halfWrittenSecondsMax = 60;

/** An exported stack, which is read into memory whole; a database's has some 85 resources. */
export const stackStateBytesMax = 256 * 2 ** 20;

/** Engines that read stacks at once: each takes a core for a second, and 200 MB. */
export const enginesReadingMax = 4;

/** How long one of them may take: it reads from a bucket or a service, which answers within seconds. */
export const stackReadSeconds = 120;

/** For how long a delivered change is waited for: a team's sprint, after which a person has to ask. */
export const changesExpectedDays = 14;

/** Unchanged lines around each change of a patch: as many as `git diff` shows. */
export const patchContextLines = 3;

/**
 * How long one call of git may take: it commits one file, whose hooks check it, or sends it to a remote, within seconds.
 */
export const gitCallSeconds = 60;

/** What one call of git may print: a config file, which GitHub shows up to 1 MB. */
export const gitOutputBytesMax = 16 * 2 ** 20;

/**
 * How old an answer of the backend may be for one of many detections, in milliseconds and in times of what it took: the
 * stack that declares the database is read for each, and what other stacks declare of it changes rarely.
 */
export const answerRecentMilliseconds = 60_000;
export const answerRecentFactor = 20;

/** Plugins that stay up in one worker: as many as its runs at once would otherwise start, some 500 MB each. */
export const pluginsAtOnceMax = 4;

/** How long a plugin may take until it listens: the official ones take a few seconds on a busy machine. */
export const pluginStartSeconds = 60;

/** How long a plugin stays up that no engine uses: between two databases of a sweep it is seconds. */
export const pluginIdleSeconds = 60;

/** Previews that one plugin serves before another takes its place: what it leaks with each does not add up. */
export const previewsOfPluginMax = 500;

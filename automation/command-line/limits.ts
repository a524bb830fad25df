/** The limits of this folder, each with its reason. */

/** One request to the embedded cloud's own API. It answers from memory, and answers a stop before carrying it out. */
export const localRequestTimeoutSeconds = 10;

/**
 * From the server process to its first answer: Node starts in 0.5–2 s; recovery of databases after a crash continues
 * after the first answer.
 */
export const localStartWaitSeconds = 60;

/**
 * A fast stop of PostgreSQL writes a checkpoint; about a dozen databases with full buffers on a slow disk stay well
 * below this.
 */
export const localStopWaitSeconds = 120;

/** How often a wait polls. Short, because a person is waiting and a poll costs only a loopback request. */
export const localPollMilliseconds = 100;

/** The last lines of a log shown with an error: enough for a PostgreSQL FATAL with its context, few enough to read. */
export const logTailLinesMax = 12;

/** Of a log that `local logs` shows, at most so much of its end is read: thousands of lines. */
export const logTailBytesMax = 1 << 20;

/** The lines that it shows if no other number is given. */
export const logLinesShown = 100;

/** Rows per answer that the built-in prompt of `shipshape local psql` prints; more are of no use on a terminal. */
export const promptRowsMax = 200;

/**
 * How long a waiting command tolerates a control plane that does not answer: a restart or a failover of PostgreSQL
 * takes less.
 */
export const controlPlaneOutageSeconds = 180;

/** How often it retries in the meantime. */
export const controlPlaneOutagePollMilliseconds = 1000;

/** How long a waiting command tolerates having no worker: longer than a deployment takes to replace the only one. */
export const workerMissingSeconds = 60;

/**
 * How long a worker that a command started for its own request waits for other runs it began. A drill of the largest
 * database takes hours.
 */
export const workerDrainSeconds = 12 * 3600;

/** How often a waiting command checks its run. */
export const requestPollMilliseconds = 250;

/** A table keeps its last column beside the others if so many columns are left for it: about five words a line. */
export const tableTextColumnsMin = 28;

/** The width of paragraphs where there is no terminal: the narrowest in common use. */
export const outputColumns = 80;

/** A waiting command reports a step that takes longer than this; a shorter one is reported when it ends. */
export const stepTakesLongSeconds = 2;

/** From when on a worker's silence is shown: it misses a few heartbeats whenever its machine is busy. */
export const workerSilenceShownSeconds = 15;

/** How often a worker that ends once idle checks whether everything is done. */
export const workerIdlePollMilliseconds = 500;

/** How often `--watch` looks again: steps take seconds to hours, and a look reads the whole evidence log. */
export const watchSeconds = 5;

/** Runs and findings that `shipshape status` lists. */
export const runsListedMax = 50;

/** Statements that `shipshape evidence list` lists. */
export const evidenceListedMax = 200;

/** Alerts that `shipshape alerts` lists. */
export const alertsListedMax = 50;

/** How often a worker with `--schedule` looks for drills that are due; proofs are valid for days. */
export const scheduleSeconds = 600;

/**
 * Scheduled drills that are queued or running at once in an account and Region, by default: each costs a copy of its
 * database, and one worker carries out as many.
 */
export const drillsOpenMax = 4;

/** Databases that one line about the cost of drills names: as many as are read; the table has them all. */
export const costlyDrillsNamedMax = 10;

/** Scheduled drills a day, by default: four at once, an hour each, around the clock. */
export const drillsPerDayMax = 4 * 24;

/** A report of `guard`: some hundred thousand findings. */
export const reportBytesMax = 2 ** 28;

/** Additions to a baseline in one message: enough to start with. */
export const baselineProblemsMax = 20;

/** Waivers that one command writes: more than anyone reviews; a fleet that exists gets a baseline. */
export const waiversAtOnceMax = 200;

/** For an import, how long a version may stay that the standard does not allow: a quarter, half of what is accepted. */
export const upgradeWithinDays = 90;

/** Differences that `shipshape drift` lists: more than a person reads at once; the rest is counted. */
export const differencesListedMax = 500;

/** How far back the trend of differences goes. */
export const trendDays = 7;

/** A look is valid for a day; two hours more, for a nightly one that begins later or takes longer. */
export const lookedRecentlyHours = 26;

/** Databases that one line names. */
export const databasesNamedMax = 20;

/** Databases that `shipshape drift --once` compares at once: each has an engine, on the two cores of a CI runner. */
export const comparedAtOnceMax = 2;

/** Patches under way that the timetable of a train says the step of: as many as a train carries out at once. */
export const patchesUnderWayMax = 16;

/** Ways back that the timetable of a train prints: people take them one by one. */
export const waysBackMax = 10;

/** The latest masking previews among which one's own is looked for: there is one of a database at a time. */
export const previewsReadMax = 100;

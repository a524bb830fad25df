/**
 * Every bound of the command line and the control plane, with its reason. Nothing waits, loops, queues or lists without one.
 */

/** One request to the embedded cloud's own API. It answers from memory; a stop is answered before it is done. */
export const localRequestTimeoutSeconds = 10;

/** From the server process to its first answer: Node starts in 0.5–2 s; recovery of databases after a crash goes on behind the first answer. */
export const localStartWaitSeconds = 60;

/** A fast stop of PostgreSQL writes a checkpoint; some dozen databases with full buffers on a slow disk stay well below this. */
export const localStopWaitSeconds = 120;

/** How often a wait looks again. Short, because a person sits before it, and a look costs a loopback request. */
export const localPollMilliseconds = 100;

/** The last lines of a log shown with an error: enough for a PostgreSQL FATAL with its context, few enough to read. */
export const logTailLinesMax = 12;

/** A login over the network with TLS takes some 15 ms here and some 100 ms across zones; beyond this the network is closed, not slow. */
export const databaseConnectTimeoutSeconds = 10;

/** Pages of 100 that a listing of the fleet reads: 100 × 100 is ten times the largest fleet per account that AWS grants. */
export const fleetPagesMax = 100;

/** Rows the built-in prompt of `shipshape local psql` prints of one answer; a terminal is no place for more. */
export const promptRowsMax = 200;

/** Connections of one process to the control plane's database, beside those of the durable engine (its own pool). */
export const controlPlaneConnectionsMax = 10;

/** A login to the control plane's database takes milliseconds; beyond this its address leads nowhere. */
export const controlPlaneConnectSeconds = 10;

/** How long a transaction may stand still: one of a frozen process ends then, with its locks. The engine's migrations take a minute inside one at most. */
export const controlPlaneIdleTransactionSeconds = 180;

/** How long one call to the durable engine may take. The engine itself tries again without end while its database is away. */
export const durableCallSeconds = 60;

/** How long a waiting command bears with a control plane that does not answer: a restart or a failover of PostgreSQL takes less. */
export const controlPlaneOutageSeconds = 180;

/** How often it is tried again meanwhile. */
export const controlPlaneOutagePollMilliseconds = 1000;

/** How long a process waits for another that brings the durable engine's schema up to date: its migrations of an empty database take seconds. */
export const schemaLockWaitSeconds = 120;

/** How often a process asks whether another is done with bringing the durable engine's schema up to date, which takes some seconds, once. */
export const schemaLockPollMilliseconds = 100;

/** Runs one worker carries at once; a run mostly waits for the cloud, and each `up` in flight costs an engine process of some 200 MB. */
export const operationsAtOnceMax = 4;

/** Runs of one database at once: two operations on it would measure and change each other. */
export const runsPerDatabaseMax = 1;

/** How often a worker asks the queue for more: what is queued begins within a blink, for ten small queries a second. */
export const queuePollMilliseconds = 100;

/** How often a run looks whether its clean-up has ended, once per drill and worker. */
export const cleanUpPollMilliseconds = 100;

/** The pause after the first failed attempt of a step, and by how much each further one is longer. Most troubles that pass do so in seconds. */
export const stepBackoffSeconds = 1;
export const stepBackoffFactor = 2;

/** Attempts, and seconds for each, of a step that only keeps records: quick and local, so what outlasts five attempts is no passing trouble. */
export const recordAttemptsMax = 5;
export const recordSecondsMax = 30;

/** How often a worker looks for what dead workers and ended runs left behind: a few queries on indexes. */
export const tendPollMilliseconds = 1000;

/** Runs of each kind that one look takes in; the next look takes the next ones. */
export const runsSweptMax = 200;

/** How often a worker says that it is alive. */
export const workerBeatMilliseconds = 2000;

/** From so long a silence on, a worker counts as frozen. Well above what a busy machine or a large program's load can hold one up. */
export const workerSilentSecondsMax = 60;

/** Workers that died are forgotten after so many days, where nobody had anything to take over from them. */
export const workerRecordDays = 7;

/** How long a waiting command bears with there being no worker at all: longer than a deployment replaces the only one. */
export const workerMissingSeconds = 60;

/** How often a run is taken over from a dead worker. Workers end with every deployment; a run that twenty ended with is what ends them. */
export const recoveriesMax = 20;

/** Clean-ups of one run that are started without being asked for, after the workflow of the one before was lost. Then a human looks. */
export const cleanUpsByThemselvesMax = 3;

/** A stuck clean-up is tried again after five minutes, then after twice as long each time, up to every hour, until what it removes is gone. */
export const stuckRetrySecondsMin = 300;
export const stuckRetrySecondsMax = 3600;

/** How long a stopping worker waits for its runs; what is not done by then is recovered by the next worker. */
export const workerStopWaitSeconds = 5;

/** How long a worker that a command started for its own request waits for what else it began. A drill of the largest database takes hours. */
export const workerDrainSeconds = 12 * 3600;

/** How long a run waits for the approval of its plan. The plan was made for the world of that day; older consent would be to another world. */
export const approvalWaitSeconds = 7 * 24 * 3600;

/** How long a stack's lock is waited for: longer than any `up` of a database stack in the standard sizes, which takes minutes. */
export const stackLockWaitSeconds = 1800;

/** How often a locked stack is tried again; each try starts an engine, which costs a second of CPU. */
export const stackLockPollMilliseconds = 3000;

/** How often the cloud is asked whether a restore, or the log it needs, has come: often beside minutes of waiting, rare beside API quotas. */
export const restorablePollMilliseconds = 500;

/** How often a waiting command looks how its run goes. */
export const requestPollMilliseconds = 250;

/** A step under way for longer is named to who waits: below that its end is told soon enough. */
export const stepTakesLongSeconds = 2;

/** How often an idle worker that is to end when all is done looks whether it is. */
export const workerIdlePollMilliseconds = 500;

/** Runs and findings that `shipshape status` lists. */
export const runsListedMax = 50;

/** Rows of the evidence log read at once: some 5 kB each, so that a page is a few megabytes. */
export const statementsPerPage = 500;

/** Checkpoints looked at together for the newest that is truly signed: the first, unless somebody put others above it. */
export const checkpointsPerPage = 100;

/** How long the statement of a run counts that ended before it had a plan: it proves nothing that could grow old, and is kept as long as a bad drill. */
export const failedEvidenceValidDays = 30;

/** How far the clocks of two machines may differ: they are kept within seconds. What was sealed later than now by more than this has no date to go by. */
export const clocksDifferSecondsMax = 300;

/** Backups are taken daily in a window: so much less than the retention may they reach back, and a little more where the window was moved. */
export const backupsBeginHours = 30;

/** A private key in PEM has some 120 bytes; what is larger is another file. */
export const signingKeyBytesMax = 16_384;

/** An exported statement has some 10 kB, thousands of catalog differences included; beyond this it is no evidence of ours. */
export const evidenceFileBytesMax = 8 * 2 ** 20;

/** Entries of an exported folder: eight files, and two for each change of keys. */
export const evidenceFilesMax = 200;

/** A reason is a sentence or two. */
export const reasonCharactersMax = 2000;

/** How long the RDS API is asked about the fleet: it answers a page in a second; what does not answer in this is unknown. */
export const fleetAnswerSeconds = 30;

/** Who asks is known to STS within a second; offline machines should not wait longer to be told so. */
export const principalAnswerSeconds = 10;

/** Open findings named in an error: enough to see which was meant. */
export const findingsNamedMax = 10;

/** Statements that `shipshape evidence list` lists. */
export const evidenceListedMax = 200;

/** From so many files on, starting threads (half a second each) costs less than they save. */
export const stateThreadsFromFiles = 64;

/** Files a thread is handed at once: enough that asking costs nothing, few enough that the last thread is not waited for. */
export const stateFilesPerBatch = 32;

/** Threads that judge states. Each holds one parsed state at a time, of some tens of megabytes for the largest stacks. */
export const stateThreadsMax = 8;

/** Of what could not be judged, so many are named in a line: enough to know what it is about. */
export const unjudgedShownMax = 5;

/** Snapshots whose sharing is asked for at once: a thousand take a minute, and the quota of the API for other callers is left alone. */
export const snapshotsAskedAtOnce = 4;

/** How often a throttled question is asked again, after the SDK's own three tries, and the first wait, which doubles: 15 s in all. */
export const throttledRetriesMax = 4;
export const throttledWaitMilliseconds = 1000;

/** One statement of the control plane in a fleet database, unless it says otherwise: a few rows of catalogs or of a small table. */
export const controlStatementSeconds = 60;

/** How long such a statement waits for a lock that an application holds. A session that waits for a lock makes others wait behind it, so it gives up soon. */
export const controlLockSeconds = 10;

/** Reading the whole catalog: a million columns take some ten seconds. */
export const inventorySeconds = 240;

/** Sessions that the check of one database may lose before it gives up: a damaged page can end one, a dying server all of them. */
export const checkSessionsLostMax = 5;

/** How long such a check waits for a server that crashed and recovers: as long as RDS takes to restart a small one, at most. */
export const checkReopenSeconds = 120;

/** How often it is tried again meanwhile. */
export const checkReopenPollMilliseconds = 500;

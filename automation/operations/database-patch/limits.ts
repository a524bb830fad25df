/** The bounds of a patch of one database, each with its reason. */

/** Descriptions of one instance, the state of every stack of the backend, and the evidence log. */
export const lookStep = { attemptsMax: 3, timeoutSeconds: 3600 };

/** A backup or another change that is under way is waited for: a full backup of a large database takes this long. */
export const settleSecondsMax = 1800;

/** RDS's snapshots are incremental: the first of a large database takes hours. */
export const snapshotStep = { attemptsMax: 3, timeoutSeconds: 6 * 3600 };

/** Reads some ninety resources with the program, after a turn that may take minutes; a stack's lock is waited for. */
export const previewStep = { attemptsMax: 2, timeoutSeconds: 3600 };

/** Of a train's window, when a database takes its turn: a commit and the start of an engine take some minutes. */
export const turnLeftSecondsMin = 300;

/** Writes one row. */
export const turnStep = { attemptsMax: 5, timeoutSeconds: 30 };

/** A description and some catalog queries, once the instance is available again. */
export const proofStep = { attemptsMax: 3, timeoutSeconds: 3600 };

/** What runs says nothing of the next quarter's minors. */
export const evidenceValidDays = 90;

/** Resources and properties that an error names. */
export const namedMax = 10;

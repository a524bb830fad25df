/** The bounds of a patch of one database, each with its reason. */

/** Descriptions of one instance, the state of every stack of the backend, and the evidence log. */
export const lookStep = { attemptsMax: 3, timeoutSeconds: 3600 };

/** A backup or another change that is under way is waited for: a full backup of a large database takes this long. */
export const settleSecondsMax = 1800;

/** RDS's snapshots are incremental: the first of a large database takes hours. */
export const snapshotStep = { attemptsMax: 3, timeoutSeconds: 6 * 3600 };

/** Reads some ninety resources with the program, after a turn that may take minutes; a stack's lock is waited for. */
export const previewStep = { attemptsMax: 2, timeoutSeconds: 3600 };

/** RDS makes green from a snapshot, and patches it then: of a large database that takes hours. */
export const greenStep = { attemptsMax: 3, timeoutSeconds: 24 * 3600 };

/** RDS's own default: then it gives up, and everything is as it was. */
export const switchoverSeconds = 300;

/** ANALYZE reads a sample of each table, with each of its partitions. */
export const analyzeStep = { attemptsMax: 3, timeoutSeconds: 6 * 3600 };

/** What green is behind is waited for while nobody can write: a tenth of the time-out. */
export const lagSecondsMax = 30;

/** The switchover itself, and RDS's restarts around it. */
export const switchStep = { attemptsMax: 3, timeoutSeconds: 3600 };

/** A minute of engines, and half an hour for a stack's lock. */
export const adoptStep = { attemptsMax: 3, timeoutSeconds: 3600 };

/** Deletes a deployment, and waits for green to be gone, which takes RDS some minutes. */
export const removalStep = { attemptsMax: 6, timeoutSeconds: 3600 };

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

/** The bounds of a backup audit, each with its reason. */

/** Snapshots that an explanation names; the outcome in the evidence has all of them. */
export const snapshotsNamedMax = 10;

/** A few answers of the RDS API. */
export const queryStep = { attemptsMax: 3, timeoutSeconds: 120 };

/** One answer for each snapshot, of which an account has a hundred by default, and waits when AWS throttles. */
export const snapshotStep = { attemptsMax: 3, timeoutSeconds: 600 };

/** Two answers for each plan of the account, which has a few, and some more. */
export const awsBackupStep = { attemptsMax: 3, timeoutSeconds: 600 };

/** The standard's plans run daily, and may take ten hours: an older recovery point means that two runs failed. */
export const awsBackupAgeSecondsMax = 2 * 86_400;

/** A login and one statement. */
export const connectionStep = { attemptsMax: 3, timeoutSeconds: 120 };

/** A worker that has just started reads the whole log: about a minute for a hundred thousand statements. */
export const evidenceStep = { attemptsMax: 3, timeoutSeconds: 600 };

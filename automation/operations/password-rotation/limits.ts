/** The bounds of a rotation of passwords, each with its reason. */

/** A day: longer than the pools and caches of most applications live, and most teams deploy in it. */
export const graceMinutesDefault = 24 * 60;
/** Two weeks: as long as a run may wait for one thing. */
export const graceMinutesMax = 14 * 24 * 60;

/** Standards that ask for rotation ask for it every 90 days. */
export const evidenceValidDays = 90;

/** A few answers of the RDS API, and all stacks of the backend, which may take minutes. */
export const lookStep = { attemptsMax: 3, timeoutSeconds: 600 };

/** A login and a few statements for each of some ten roles; a database that fails over is back by then. */
export const loginStep = { attemptsMax: 5, timeoutSeconds: 120 };

/** The longest that one statement of a trial may take, and may wait for a lock. */
export const trialStatementSeconds = 20;
export const trialLockSeconds = 5;

/** Programs whose sessions are named as those that still use the login before. */
export const clientsNamedMax = 10;

/** The bounds of a rehearsal, each with its reason. */

/** A description, some catalog queries, and the state of every stack of the backend. */
export const lookStep = { attemptsMax: 3, timeoutSeconds: 3600 };

/** Reading a description or a catalog, or writing a row. */
export const quickStep = { attemptsMax: 3, timeoutSeconds: 120 };

/** A minor takes minutes; one that waits for a backup of a large copy longer. It is measured in one attempt only. */
export const upgradeStep = { attemptsMax: 3, timeoutSeconds: 3600 };

/** Next quarter's rehearsal is of other minors: within this one, data and load stay about the same. */
export const evidenceValidDays = 30;

/** Extensions of a database that a plan names: PostgreSQL and RDS have some eighty. */
export const extensionsMax = 200;

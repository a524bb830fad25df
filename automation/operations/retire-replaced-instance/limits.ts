/** The bounds of a retirement, each with its reason. */

/** Descriptions of two instances, the state of every stack of the backend, and the evidence log. */
export const lookStep = { attemptsMax: 3, timeoutSeconds: 3600 };

/** RDS applies it at once, unless a backup is under way. */
export const protectionStep = { attemptsMax: 3, timeoutSeconds: 3600 };

/** The last snapshot of a large instance takes hours, and RDS deletes it only then. */
export const deletionStep = { attemptsMax: 6, timeoutSeconds: 12 * 3600 };

/** A description each, and a row. */
export const proofStep = { attemptsMax: 3, timeoutSeconds: 120 };

/** As long as the evidence of a patch: afterwards nobody asks what was replaced. */
export const evidenceValidDays = 90;

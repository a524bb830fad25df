/** The bounds of an undo, each with its reason. */

/** Descriptions of one instance, the state of every stack of the backend, and a login. */
export const lookStep = { attemptsMax: 3, timeoutSeconds: 3600 };

/** Reads some ninety resources with the program, after a turn that may take minutes. */
export const previewStep = { attemptsMax: 2, timeoutSeconds: 3600 };

/** A description and some catalog queries. */
export const proofStep = { attemptsMax: 3, timeoutSeconds: 600 };

/** A patch that was taken back says nothing of the next one. */
export const evidenceValidDays = 90;

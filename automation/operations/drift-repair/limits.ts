/** The bounds of a repair, each with its reason. */

/** Descriptions of one instance, and the state of every stack of the backend. */
export const lookStep = { attemptsMax: 3, timeoutSeconds: 600 };

/** Reads some ninety resources with the program, after a turn that may take minutes; a stack's lock is waited for. */
export const previewStep = { attemptsMax: 2, timeoutSeconds: 3600 };

/** Names that one explanation or one error has. */
export const namedMax = 10;

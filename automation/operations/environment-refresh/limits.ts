/** The bounds of a refresh, each with its reason. */

/** A copy that nobody has renewed for a quarter is a database of its own; rules want less of what is sensitive. */
export const retentionDaysMax = 90;

/** Staging that its run did not remove is swept after a day and a half: masking a terabyte takes ten hours. */
export const stagingLifeHours = 36;

/** Problems of a profile that a refusal names; `shipshape masking check` lists all. */
export const problemsNamedMax = 5;

/** Reading the source's schema, the stacks of the backend and a profile. */
export const lookStep = { attemptsMax: 3, timeoutSeconds: 900 };

/** A call of the API, or a row. */
export const quickStep = { attemptsMax: 3, timeoutSeconds: 120 };

/** RDS reads the volume from S3: the hours that a restore of the largest takes. */
export const restoreStep = { attemptsMax: 3, timeoutSeconds: 6 * 3600 };

/** The step that gives applications the copy. Until it has begun, nobody has it. */
export const handOverStepName = "hand over";

/** Creates an instance with its roles, after a turn; and half an hour for a stack lock whose owner may be dead. */
export const targetStep = { attemptsMax: 3, timeoutSeconds: 2 * 3600 };

/** The same of one that RDS restores from a snapshot. */
export const restoredTargetStep = { attemptsMax: 3, timeoutSeconds: 8 * 3600 };

/** Begins with an empty database each time. */
export const copyStep = { attemptsMax: 3, timeoutSeconds: 24 * 3600 };

/** Counts the rows of both, or reads both whole. */
export const readingStep = { attemptsMax: 3, timeoutSeconds: 24 * 3600 };

/** Masks and searches for leaks on so many cores of the worker at most: the servers are slower than four. */
export const maskingThreadsMax = 4;

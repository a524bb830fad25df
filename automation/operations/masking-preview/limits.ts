/** The bounds of a masking preview, each with its reason. */

/** How long rows may be looked at: a working day at most, since real values stand in staging for as long. */
export const hoursMax = 8;
export const hoursDefault = 2;

/** Added to that for the restore and the removal: a restore of the largest takes hours. */
export const restoreHours = 20;

/** Rows of a table that are shown at once: masks are judged by a few, and more is a way to read the table. */
export const rowsMax = 20;
export const rowsDefault = 3;

/** Tables that are shown at once. */
export const tablesMax = 10;

/** How often rows may be shown: each time the profile has been edited, and no more than some thousand rows in all. */
export const showingsMax = 50;

/** Characters of a value that are shown: a mask is judged by its beginning. */
export const valueCharactersMax = 2000;

/** How long the statement is kept valid, in days: who saw real values is asked in an audit of the year. */
export const evidenceDays = 365;

/** Reading the stacks of the backend, and the source in the cloud. */
export const lookStep = { attemptsMax: 3, timeoutSeconds: 900 };

/** A call of the API, or a row. */
export const quickStep = { attemptsMax: 3, timeoutSeconds: 120 };

/** RDS reads the volume from S3: the hours that a restore of the largest takes. */
export const restoreStep = { attemptsMax: 3, timeoutSeconds: 6 * 3600 };

/** Reading a few rows of one table, and its catalog. */
export const readingSeconds = 60;

/** The limits of this folder, each with its reason. */

/** Rows of the evidence log read at once: about 5 kB each, so that a page is a few megabytes. */
export const statementsPerPage = 500;

/**
 * Validity of the statement of a run that ended before it had a plan: it proves nothing that could become outdated, and
 * is kept as long as a failed drill's.
 */
export const failedEvidenceValidDays = 30;

/** A private key in PEM has about 120 bytes; a larger file is something else. */
export const signingKeyBytesMax = 16_384;

/** Earlier runs that a report shows beside its own: two years of monthly drills, and about 250 kB. */
export const earlierRunsMax = 24;

/** A statement up to this size is always signed itself, never its digest: the longest message that AWS KMS signs. */
export const signedWholeBytes = 4096;

/** Entries of an exported folder: ten files, the earlier runs of its chart, and one for each change of keys. */
export const evidenceFilesMax = 200;

/** Text of an exported folder: a population of 10,000 databases has about 60 MB in all its forms. */
export const evidenceFolderBytesMax = 128 * 2 ** 20;

/** Statements that one pass of the publisher handles, about 2 MB: a worker that stops waits for one pass. */
export const statementsPublishedMax = 200;

/** A place that no publisher looked at for this long was replaced by another: longer than any outage of all workers. */
export const publicationForgottenDays = 7;

/** Files of one kind in a published log: a statement a minute for four years; their names take about 200 MB. */
export const publishedNamesMax = 2_000_000;

/** Due drills of one database in a report: a daily cadence for ten years. */
export const populationEntriesMax = 3660;

/** A sighting is made each day; a longer time without one is named in a population report. */
export const sightingGapHours = 36;

/**
 * The newest published heads that a publisher compares with its log: enough that a few files of someone else, which no
 * key of the log signed, hide nothing.
 */
export const headsComparedMax = 100;

/** Statements that are read at once to digest them, some 20 kB each. */
export const sealedReadAtOnce = 100;

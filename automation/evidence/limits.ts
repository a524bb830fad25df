/** The limits of this folder, each with its reason. */

/** Rows of the evidence log read at once: some 5 kB each, so that a page is a few megabytes. */
export const statementsPerPage = 500;

/**
 * How long the statement of a run counts that ended before it had a plan: it proves nothing that could grow old, and is
 * kept as long as a bad drill.
 */
export const failedEvidenceValidDays = 30;

/** A private key in PEM has some 120 bytes; what is larger is another file. */
export const signingKeyBytesMax = 16_384;

/** Entries of an exported folder: eight files, and two for each change of keys. */
export const evidenceFilesMax = 200;

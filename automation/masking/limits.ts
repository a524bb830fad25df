/** Limits of masking profiles, each with its reason. */

/** Bytes of a profile: 10,000 columns with a reason each. A larger file is something else. */
export const profileBytesMax = 4 * 1024 * 1024;

/** Problems that are shown at once; a schema that is new to a profile has as many as columns. */
export const problemsShownMax = 200;

/** Characters of a reason: a sentence or two, not a page. */
export const reasonCharactersMax = 1000;

/** Tables of a profile: more than the largest schemas known to us have, partitions not counted. */
export const rulesMax = 20_000;

/** Virtual keys, and statements that disarm a copy. */
export const keysMax = 1000;

/** Characters of a statement or of the text of a definition: a long function. */
export const sqlCharactersMax = 100_000;

/** Rows of one table in a subset, unless its file says otherwise: what a laptop holds. */
export const subsetRowsDefault = 1_000_000;

/** More than this are no subset: each chosen row is noted, in some 60 bytes. */
export const subsetRowsMax = 100_000_000;

/** Bytes of a subset's file: a long condition. */
export const subsetBytesMax = 256 * 1024;

/** How long a transformer of a team's own may take for one chunk of a column, some thousands of values. */
export const maskSeconds = 60;

/** Values whose masks are remembered, per column and thread, to watch what a transformer of a team's own claims. */
export const fingerprintsMax = 100_000;

/** A value of so many characters that is its own mask is no chance. */
export const unchangedCharacters = 8;

/** Bytes of a transformer of a team's own: a long list of words. */
export const transformerBytesMax = 1024 * 1024;

/**
 * Words of texts whose masks a column remembers, in each thread: they fit a processor's cache, and texts that people
 * write have few others. A power of two.
 */
export const wordMasksKept = 4096;

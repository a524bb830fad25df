/** The bounds of schema travel and of masked copies, each with its reason. */

/** How long pg_dump may read one schema: it takes about a second, and a minute for ten thousand tables. */
export const schemaDumpSeconds = 900;

/** One answer of the catalogs to pg_dump, in memory: the columns of a hundred thousand tables have about 200 MiB. */
export const schemaAnswerBytesMax = 2 ** 28;

/** A schema as SQL, in memory: that of ten thousand tables has about 30 million characters. */
export const schemaTextCharactersMax = 2 ** 27;

/** One statement of the schema in the target: an index of a large table takes hours. */
export const schemaStatementSeconds = 6 * 3600;

/**
 * Rows that are masked and written at once: larger chunks are no faster, and each table that is copied holds up to
 * `chunksInFlightMax` and `chunksWaitingMax` of them.
 */
export const chunkBytes = 256 * 1024;

/** Chunks that were read and that nothing works on yet; then the source's connection is paused. */
export const chunksWaitingMax = 2;

/** Chunks of one table that are being masked or written: two threads and the connection each have one, and one waits. */
export const chunksInFlightMax = 4;

/** One row, as text, in memory: PostgreSQL has fields of at most 1 GiB, and a team's largest documents have megabytes. */
export const rowBytesMax = 2 ** 28;

/** Copying one table: a terabyte at 30 MB/s takes ten hours. */
export const tableCopySeconds = 24 * 3600;

/** Tables that are copied at once: each uses a session of either server. */
export const tablesAtOnceMax = 4;

/** Of a large object that is searched at once: as text it has twice as many characters. */
export const largeObjectPieceBytes = 128 * 1024;

/** Different values of one column whose frequency is compared: of more, none is frequent enough to matter. */
export const histogramRowsMax = 10_000;

/** PostgreSQL compares transactions as numbers of 32 bits: of two further apart, it cannot say which was first. */
export const transactionsComparedMax = 2_000_000_000n;

/** How often a swap of names is tried: each time the sessions that began in between are ended. */
export const swapAttemptsMax = 20;

/** Words of a source that are like our invented ones: of 64³ words, more would leave too few. */
export const sourceWordsMax = 100_000;

/** One step of the choice of a subset: an index of a large table, or reading it whole. */
export const subsetStatementSeconds = 3600;

/** How far rows of a subset may lead to each other, one key at a time: a list that is linked is no subset. */
export const subsetRoundsMax = 10_000;

/** Keys that a refusal of a subset names: those by which it grew most. */
export const growthsNamedMax = 5;

/** The limits of this folder, each with its reason. */

/** From so many files on, starting threads (half a second each) costs less than they save. */
export const stateThreadsFromFiles = 64;

/**
 * Files a thread is handed at once: enough that asking costs nothing, few enough that the last thread is not waited
 * for.
 */
export const stateFilesPerBatch = 32;

/**
 * Threads that judge states. Each holds one parsed state at a time, of some tens of megabytes for the largest stacks.
 */
export const stateThreadsMax = 8;

/** Of what could not be judged, so many are named in a line: enough to know what it is about. */
export const unjudgedShownMax = 5;

/** The limits of this folder, each with its reason. */

/** From this many files on, threads save more than they cost to start (half a second each). */
export const stateThreadsFromFiles = 64;

/** Files per batch for a thread: enough that messaging costs nothing, few enough that the threads finish together. */
export const stateFilesPerBatch = 32;

/** Threads that judge states. Each holds one parsed state at a time, tens of megabytes for the largest stacks. */
export const stateThreadsMax = 8;

/** Unjudged items named per line: enough to know what it is about. */
export const unjudgedShownMax = 5;

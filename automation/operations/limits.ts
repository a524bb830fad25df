/** The bounds of what several operations do, each with its reason. */

/** Reads a thousand stacks from a bucket at most, which takes minutes. */
export const stackLookStep = { attemptsMax: 3, timeoutSeconds: 600 };

/** Some twenty calls of git, one of them over the network; another process in the folder is gone after seconds. */
export const commitStep = { attemptsMax: 5, timeoutSeconds: 300 };

/** Waits for the stack's lock (half an hour at most) and for changes of a large instance, which take hours. */
export const bringUpStep = { attemptsMax: 3, timeoutSeconds: 4 * 3600 };

/**
 * Stacks that one worker brings up at once, as many as it has runs with a database to themselves: of runs that also
 * wait it may have a hundred, and each engine takes some 200 MB.
 */
export const bringUpsAtOnceMax = 4;

/** Writes a few rows. */
export const deliverStep = { attemptsMax: 5, timeoutSeconds: 30 };

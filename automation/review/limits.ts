/** The bounds of this folder, each with its reason. */

/** Open findings named in an error: enough to see which was meant. */
export const findingsNamedMax = 10;

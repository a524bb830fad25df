/** The limits of this folder, each with its reason. */

/** Open findings listed in an error: enough to recognise the intended one. */
export const findingsNamedMax = 10;

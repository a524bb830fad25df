/** The limits of this folder, each with its reason. */

/** A reason is a sentence or two. */
export const reasonCharactersMax = 2000;

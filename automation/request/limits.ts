/** The limits of this folder, each with its reason. */

/** A reason is a sentence or two, and so is the comment of an answer. */
export const reasonCharactersMax = 2000;

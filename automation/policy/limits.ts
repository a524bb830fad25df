/** The limits of this folder, each with its reason. */

/** Characters of a plan's digest that name it: 48 bits, so that no two plans of a request are mistaken for each other. */
export const planDigestCharactersMin = 12;

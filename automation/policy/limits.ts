/** The limits of this folder, each with its reason. */

/** Characters of a plan's digest that name it: 48 bits, so that no two plans of a request are mistaken for each other. */
export const planDigestCharactersMin = 12;

/** Days that a refused call is shown for: long enough for a weekly look. */
export const refusalsShownDays = 7;

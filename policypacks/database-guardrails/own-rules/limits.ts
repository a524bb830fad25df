/** The limits of this folder, each with its reason. */

/** Rules of a company's own: five times what Shipshape has. */
export const ownRulesMax = 200;

/** How long the folder's rules may take to load, each: a rule loads in milliseconds, and an endless loop never does. */
export const loadSeconds = 30;

/** How long a rule may take for one resource: a check takes microseconds, and an endless loop never ends. */
export const checkSeconds = 5;

/** What one rule may find on one resource: enough for every line of the longest list that AWS accepts. */
export const foundMax = 1_000;

/** Problems in one message: enough to start with. */
export const problemsShownMax = 20;

/** The limits of this folder, each with its reason. */

/** A file of a thousand teams has some 100 kB; a larger one is not our configuration. */
export const configurationBytesMax = 2 ** 20;

/** Accounts, and Regions of one: a large company has some hundreds and some thirty, and every look asks them all. */
export const accountsMax = 500;
export const regionsMax = 50;

/** People whose approval one entry can want: more than a change board has. */
export const approversMax = 9;

/** Runs at once that an entry can allow: more than any account has databases. */
export const runsAtOnceMax = 1000;

/** A price, and what the drills of a day may cost: above any in any currency. */
export const priceMax = 1_000_000_000;

/** Problems in one message: enough to start with. */
export const configurationProblemsMax = 20;

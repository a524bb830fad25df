/** The limits of this folder, each with its reason. */

/** How long before the end of RDS's support of a major people are told: a major upgrade is planned over quarters. */
export const supportWarningDays = 365;

/** Trains that wait or go on at once: one for each major, and some that wait for people. */
export const openTrainsMax = 20;

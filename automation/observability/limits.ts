/** The limits of this folder, each with its reason. */

/**
 * Backups are taken daily in a window, so they may reach back this much less than the retention; a little more if the
 * window was moved.
 */
export const backupsBeginHours = 30;

/**
 * How long before a proof expires its database is drilled again, as shares of its validity: time for a second attempt,
 * and enough apart for a fleet whose proofs were all made on one day.
 */
export const drillLeadShareMin = 0.1;
export const drillLeadShareMax = 0.3;

/** The pause before a scheduled drill is repeated that proved nothing: long enough for a person to look into it. */
export const drillRetryHours = 24;

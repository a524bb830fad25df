/** The bounds of this folder, each with its reason. */

/**
 * Backups are taken daily in a window: so much less than the retention may they reach back, and a little more where the
 * window was moved.
 */
export const backupsBeginHours = 30;

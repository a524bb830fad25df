/** The limits of this folder, each with its reason. */

/**
 * Backups are taken daily in a window, so they may reach back this much less than the retention; a little more if the
 * window was moved.
 */
export const backupsBeginHours = 30;

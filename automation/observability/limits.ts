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

/**
 * For how long an expired copy still counts as one: a week for its removal, with all its attempts. One that is there
 * longer is drilled like any database.
 */
export const copyRemovalDays = 7;

/**
 * How many days before the last one people are told that a copy expires, once each: time for an approval, and a last
 * call.
 */
export const copyWarningDays = [3, 1] as const;

/** The pause before a scheduled drill is repeated that proved nothing: long enough for a person to look into it. */
export const drillRetryHours = 24;

/** What RDS charges at least for an instance that was started, in hours: ten minutes. */
export const copyHoursMin = 1 / 6;

/**
 * How long a copy of a database that no drill has measured is kept, besides the reading that its tier allows: an hour
 * for the restore, as the provider is given for all but the largest, and one for the checks and the removal. Too high
 * rather than too low: the first drill measures it.
 */
export const drillHoursBesideReading = 2;

/** The hours of a month in the prices of storage: 365 days, by twelve. */
export const hoursOfMonth = 730;

/**
 * How much of its validity a proof has left when people are told that it expires: half of what is left when a drill is
 * due at the latest, so that the schedule has already failed to replace it.
 */
export const evidenceWarningShare = drillLeadShareMin / 2;

/** How long before its end people are told of a waiver: as long as `shipshape waiver list` shows it in yellow. */
export const waiverWarningDays = 14;

/** How long before its end people are told of a plan that waits for approval: a working day, in any time zone. */
export const approvalWarningHours = 24;

/** The longest text in an alert: some sentences. Slack takes 3000 characters in one block. */
export const alertTextCharactersMax = 1000;

/**
 * Alerts that wait for one destination: more means that it has been dead for long, or that something fails in a loop.
 * Further ones are recorded, and not sent.
 */
export const alertsWaitingMax = 1000;

/** How long an alert is retried: a week-old one is no longer news. */
export const alertRetryDays = 7;

/** How often an alert is sent to an endpoint that refuses this one message; then the ones behind it are sent. */
export const alertRefusalsMax = 5;

/** The pause after the first failed attempt, which doubles, and the longest one. */
export const alertWaitSecondsMin = 5;
export const alertWaitSecondsMax = 600;

/** A destination that no worker has been configured with for this long is told nothing more. */
export const alertDestinationDays = 7;

/** How long one pass of the sender may go on with the next alert: an ending worker waits for it. */
export const alertPassSeconds = 10;

/** The bounds of histograms: from records of milliseconds to restores of hours. */
export const durationBucketsSeconds = [0.01, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 900, 3600, 14_400] as const;

/** How long an ending worker waits until its last traces and metrics are sent. */
export const telemetryFlushSeconds = 5;

/** The pause before a sweep that failed is repeated. */
export const sweepRetryHours = 1;

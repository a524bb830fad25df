/** The bounds of a train, each with its reason. */
import type { Ring } from "../../../components/standards/fixed";

/** What goes wrong with the first requests shows within an hour; what goes wrong at night, with the default of a day. */
export const bakeMinutesDefault = 60;

/** As long as a run may wait for one message. */
export const bakeMinutesMax = 14 * 24 * 60;

/** The fleet in all accounts and Regions, every stack's state, and the evidence on each database. */
export const fleetStep = { attemptsMax: 3, timeoutSeconds: 3600 };

/** A few rows of the control plane's database. */
export const rowStep = { attemptsMax: 5, timeoutSeconds: 60 };

/** Descriptions, logins and some queries, of thousands of databases, several at once. */
export const probeStep = { attemptsMax: 2, timeoutSeconds: 3600 };

/** Databases whose evidence is read at once: a query and some milliseconds of work each. */
export const recoveriesAtOnceMax = 8;

/** Databases that are probed at once: AWS allows some ten descriptions a second in an account and Region. */
export const probesAtOnceMax = 8;

/**
 * Days from the community's release of a minor until a database takes it, by the ring of its tier. Regressions of a
 * release were mended by another two weeks later (26 February 2026): the last ring does not take what is younger.
 */
export const minorAgeDaysMin = { 0: 0, 1: 7, 2: 14, 3: 21 } as const satisfies Record<Ring, number>;

/** For how long a fix of a minor that our table lacks is waived: until about the next quarter's minors. */
export const unknownAgeWaiverDays = 90;

/**
 * How fast a train grows: the first is what we recommend. People who want fewer rings get the slowest growth that has so
 * few, and keep a canary of each tier while they can.
 */
export const ringGrowths = [true, false].flatMap((canaryOfEach) =>
  [5, 10, 20, 50, 100, 200, 500, 1000, 3000].map((factor) => ({ factor, canaryOfEach })),
);

/** A train of a whole fleet of 10,000 has some twenty rings if it grows as slowly as we recommend. */
export const ringsMax = 100;

/** Databases of one ring: as many as people can repair in a week if the gate has missed what only a night shows. */
export const ringSizeMax = 3000;

/** Databases that are patched at once: fewer than the 20 runs of an account and Region, as drills go on meanwhile. */
export const databasesAtOnceMax = 16;

/** What a patch of one database is planned with: snapshot, two `up`s and the outage take some minutes each. */
export const patchSecondsPlanned = 900;

/** How long a ring waits for the next of its databases: longer than a pause, or an approval that a company wants. */
export const childEndSecondsMax = 8 * 24 * 3600;

/** How long a halted train waits for people. Then it ends: what was planned is no longer what is there. */
export const haltedSecondsMax = 14 * 24 * 3600;

/** How often a ring may be resumed: one of 3,000, of which one in a hundred fails, is halted thirty times. */
export const attemptsMax = 100;

/** Less than this of a window is too short to begin in: a patch takes its snapshot first. */
export const windowLeftSecondsMin = 900;

/** A window may come after a week; the wait is looked at again then. */
export const windowWaitSecondsMax = 7 * 24 * 3600;

/** Probes that a gate names; it has the number of all. */
export const probesNamedMax = 20;

/** Databases that the text of a plan names in one ring. */
export const namedMax = 20;

/** What was patched says nothing of the next quarter's minors. */
export const evidenceValidDays = 90;

/** The first minutes after a restart, in which a cache is filled, are not compared; of a short watch, half of it. */
export const warmUpSecondsMax = 300;

/** Calls of a query, before and after, whose mean is compared: with fewer, one slow call is most of it. */
export const queryCallsMin = 20;

/** Queries of a database that are compared: in a simulation, 20 find what takes twice as long in 99 % of all cases. */
export const comparedQueriesMin = 20;

/** How much slower the median query has to be, and how unlikely by chance: with both, false alarms stay below 1 %. */
export const slowerRatioMin = 1.25;
export const chanceMax = 0.01;

/** Transactions without one that fails bound its share at 3 / n: 1 %. */
export const transactionsMin = 300;

/** How much larger the share of rollbacks has to be: less may be a client's own. */
export const rollbackShareMoreMin = 0.01;

/** Logins and two queries each, of thousands of databases, several at once. */
export const samplesAtOnceMax = 8;

/** Alarms of a database that a gate names, and how much of what CloudWatch says of one. */
export const alarmsNamedMax = 5;
export const alarmReasonCharactersMax = 200;

/** A team's own checks of one database, and the length of each: the plan quotes them, of thousands of databases. */
export const teamChecksMax = 5;
export const teamCheckBytesMax = 1000;

/** A check that needs longer is a load of its own. */
export const teamCheckSeconds = 60;

/** Answers of a team's endpoint, of five, that are no success: one may be a deployment of its own. */
export const urlRefusalsMin = 2;

/** Snapshots of a ring of thousands, one after the other, some seconds each; what an attempt has removed is gone. */
export const snapshotsStep = { attemptsMax: 3, timeoutSeconds: 6 * 3600 };

/** The bounds of a drift detection, each with its reason. */

/** Descriptions of one instance, and the state of every stack of the backend. */
export const observeStep = { attemptsMax: 3, timeoutSeconds: 300 };

/** An engine that reads some seventy resources; AWS throttles, and a busy worker takes minutes. */
export const previewStep = { attemptsMax: 2, timeoutSeconds: 900 };

/** One answer of the RDS API. */
export const queryStep = { attemptsMax: 3, timeoutSeconds: 120 };

/** Some pages of CloudTrail for each resource that differs, at two requests a second. */
export const explainStep = { attemptsMax: 2, timeoutSeconds: 600 };

/** Resources that CloudTrail is asked about: more differ only where a whole stack was changed, by one person. */
export const lookUpsMax = 20;

/**
 * For how long CloudTrail is asked: half of the step, since the quota is shared and the last answer may take long. The
 * differences that are not explained by then stay differences.
 */
export const lookUpSecondsMax = 300;

/** What was compared says nothing of tomorrow. */
export const evidenceValidDays = 1;

/** Differences that a run keeps; a resource replaced as a whole differs in each of its forty properties. */
export const differencesMax = 500;

/** A value longer than this is cut where it is shown: a policy is a page of JSON. */
export const shownCharactersMax = 160;

/** Objects that a difference inside a database names; it has their number. */
export const accessNamedMax = 3;

/** Five logins, a catalog and a state: seconds, and a busy database takes a minute for each. */
export const accessStep = { attemptsMax: 2, timeoutSeconds: 600 };

/** Resources that one explanation names. */
export const namedMax = 10;

/**
 * Child requests of a sweep in flight, fewer than the 20 runs of an account and Region: a drill need not wait for a
 * fleet.
 */
export const childrenAtOnceMax = 16;

/** How long a step may take the state of a stack that another step of its run has read: an `up` may end meanwhile. */
export const stateKeptMilliseconds = 60_000;

/** States in memory, some megabytes each where a stack is large: those of the detections that a worker runs at once. */
export const statesKeptMax = 16;

/** How long a sweep waits for the next of its children: longer than a pause of an afternoon. */
export const childEndSecondsMax = 4 * 3600;

/** The fleet in all accounts and Regions, and the state of every stack of the backend: a thousand take minutes. */
export const fleetStep = { attemptsMax: 3, timeoutSeconds: 1800 };

/** A child's error longer than this is cut where the sweep shows it: the child's own run has it whole. */
export const reasonCharactersMax = 200;

/** Databases without a stack that a sweep judges, some calls each: more are a fleet that was never imported. */
export const unmanagedJudgedMax = 500;

/** How many of them at once: AWS allows some ten descriptions a second in an account and Region. */
export const unmanagedAtOnce = 4;

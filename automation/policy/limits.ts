/** The limits of this folder, each with its reason. */

/** Characters of a plan's digest that name it: 48 bits, so that no two plans of a request are mistaken for each other. */
export const planDigestCharactersMin = 12;

/**
 * Changes of the databases of one ring in a day, unless `shipshape.yaml` says otherwise. A mistake that is in every plan
 * of a day reaches no more databases than people can repair in a day; outside production, ring 0, that is many.
 */
export const changesPerDayMax = { ring0: 100, ring1: 40, ring2: 20, ring3: 10 } as const;

/**
 * Days that a masked copy may stay, by the classification of its source: masked data is still personal where it can be
 * joined with something else, and the longer it stays, the more copies of it there are.
 */
export const copyRetentionDaysMax: Readonly<Record<string, number>> = {
  public: 90,
  internal: 90,
  confidential: 30,
  restricted: 14,
};
/** Of a source whose classification none of these is. */
export const copyRetentionDaysOfOthers = 14;

/** Standards that a database may still follow: with a new one each week, those of more than a year. */
export const standardsKnownMax = 100;

/** Days that a refused call is shown for: long enough for a weekly look. */
export const refusalsShownDays = 7;

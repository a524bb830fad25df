/** The bounds of a removal, each with its reason. */

/**
 * How long it waits for refreshes that make other copies of it, from a snapshot: less than its step may take, so that it
 * can say what it waited for. Six attempts are five hours; the next sweep asks again.
 */
export const copiesMadeSeconds = 3000;

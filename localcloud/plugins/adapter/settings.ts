/** The only reader of the environment among the adapter's files. */

/**
 * The official plugins survive when the engine is killed, and finish what they were doing. Ours end with it unless this
 * is set; tests of production's behaviour after such a kill set it.
 */
export const outlivesEngine = (): boolean => process.env.SHIPSHAPE_PLUGIN_OUTLIVES_ENGINE === "true";

/** Where the engine listens for log lines: it passes its address as the only argument. */
export const engineAddress = (): string | undefined => process.argv[2];

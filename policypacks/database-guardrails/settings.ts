import { join, resolve } from "node:path";

/** What the pack reads from its environment. */
export interface PackSettings {
  /** Another shipshape.yaml than the nearest above the pack. */
  configurationFile: string | undefined;
  waiversFolder: string;
  today: string;
}

/**
 * The only place in the policy pack that reads the environment. `SHIPSHAPE_WAIVERS_FOLDER` names another folder of
 * waivers, `SHIPSHAPE_CONFIGURATION_FILE` another shipshape.yaml than the nearest above the pack; see `todayOf` for the
 * date.
 */
export function readPackSettings(packFolder: string, environment: NodeJS.ProcessEnv = process.env): PackSettings {
  const named = environment["SHIPSHAPE_CONFIGURATION_FILE"];
  return {
    configurationFile: named ? resolve(named) : undefined,
    waiversFolder: environment["SHIPSHAPE_WAIVERS_FOLDER"] ?? join(packFolder, "..", "waivers"),
    today: todayOf(environment["SHIPSHAPE_GUARDRAILS_DATE"]),
  };
}

/**
 * The day on which expiry is judged. A later day can be given, to look ahead; an earlier one is ignored, because it
 * would revive expired waivers.
 */
export function todayOf(requested: string | undefined, now: Date = new Date()): string {
  const real = now.toISOString().slice(0, 10);
  return requested !== undefined && /^\d{4}-\d{2}-\d{2}$/.test(requested) && requested > real ? requested : real;
}

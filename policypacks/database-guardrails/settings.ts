import { join } from "node:path";

/** What the pack knows about its environment. */
export interface PackSettings {
  waiversFolder: string;
  today: string;
}

/**
 * The only reader of the environment among the rules. `SHIPSHAPE_WAIVERS_FOLDER` names another folder of waivers; see
 * `todayOf` for the date.
 */
export function readPackSettings(packFolder: string, environment: NodeJS.ProcessEnv = process.env): PackSettings {
  return {
    waiversFolder: environment["SHIPSHAPE_WAIVERS_FOLDER"] ?? join(packFolder, "..", "waivers"),
    today: todayOf(environment["SHIPSHAPE_GUARDRAILS_DATE"]),
  };
}

/**
 * The day that expiry is judged on. A later one can be given, to look ahead; an earlier one would revive expired
 * waivers.
 */
export function todayOf(asked: string | undefined, now: Date = new Date()): string {
  const real = now.toISOString().slice(0, 10);
  return asked !== undefined && /^\d{4}-\d{2}-\d{2}$/.test(asked) && asked > real ? asked : real;
}

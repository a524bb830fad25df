import type { Settings } from "../settings";
import type { Terminal } from "./terminal";

/** What every command gets. */
export interface CommandContext {
  settings: Settings;
  terminal: Terminal;
}

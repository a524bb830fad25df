import type { Settings } from "../settings";
import type { Terminal } from "./terminal";

/** What every command is given. */
export interface CommandContext {
  settings: Settings;
  terminal: Terminal;
}

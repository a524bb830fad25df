import type { RegisteredOperation } from "../operations/registry";
import type { Settings } from "../settings";
import type { Terminal } from "./terminal";

/** What every command gets. */
export interface CommandContext {
  settings: Settings;
  terminal: Terminal;
  /** @default those of `operations/registry.ts`, loaded when a command needs them */
  operations?: readonly RegisteredOperation[] | undefined;
}

import { homedir } from "node:os";
import { join } from "node:path";

/** Where bundled plugins are kept between runs; the plugins' own settings are read in their folders. */
export const pluginCacheFolder = (): string =>
  join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "shipshape", "plugins");

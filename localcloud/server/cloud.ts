import { join } from "node:path";
import type { LocalCloudSettings } from "../settings";
import { Clock } from "./clock";
import { Store } from "./store";

/** What every handler works on: the records, the clock, and the rooms that do the work. One per server process. */
export class Cloud {
  readonly store: Store;
  readonly clock: Clock;
  /** Folder of the durable records; journals lie beside the collections. */
  readonly recordsFolder: string;

  constructor(readonly settings: LocalCloudSettings) {
    this.recordsFolder = join(settings.dataFolder, "cloud");
    this.store = new Store(this.recordsFolder);
    this.clock = new Clock(this.store);
  }
}

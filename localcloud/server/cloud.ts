import { join } from "node:path";
import type { LocalCloudSettings } from "../settings";
import { Clock } from "./clock";
import { CallLog } from "./cloudtrail/call-log";
import { RecordedResources } from "./recorded-resources/recorded-resources";
import { usersOf } from "./recorded-resources/users";
import { ManagedSecrets, type SetMasterPassword } from "./secrets-manager/managed-secrets";
import { Secrets } from "./secrets-manager/secrets";
import { Store } from "./store";

/** What every handler works on: the records, the clock, and the rooms that do the work. One per server process. */
export class Cloud {
  readonly store: Store;
  readonly clock: Clock;
  readonly recorded: RecordedResources;
  readonly secrets: Secrets;
  readonly managedSecrets: ManagedSecrets;
  /** Given by the room that runs the databases; until it has, there is none to set a password in. */
  setMasterPassword: SetMasterPassword = () => Promise.reject(new Error("the database does not run"));
  readonly calls: CallLog;
  /** Folder of the durable records; journals lie beside the collections. */
  readonly recordsFolder: string;

  constructor(readonly settings: LocalCloudSettings) {
    this.recordsFolder = join(settings.dataFolder, "cloud");
    this.store = new Store(this.recordsFolder);
    this.clock = new Clock(this.store);
    this.secrets = new Secrets(this.store, this.clock, { keyArn: (key, region) => this.recorded.shelf.keyArn(key, region) });
    this.managedSecrets = new ManagedSecrets(this.secrets, this.clock, (id, username, password) => this.setMasterPassword(id, username, password));
    this.recorded = new RecordedResources(this.store, this.clock, {
      secretExists: (arn) => this.secrets.list().some((secret) => secret.arn === arn),
      usersOf: (type, id) => usersOf(this.store, type, id),
    });
    this.calls = new CallLog(join(this.recordsFolder, "calls.jsonl"), this.clock);
  }
}

import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { ownerAccountId } from "../access/access-keys";
import type { LocalCloudSettings } from "../settings";
import { Cloud } from "./cloud";
import { limits } from "./limits";
import { logError } from "./log";
import { AwsError } from "./wire/aws-error";

/** The accounts of the embedded cloud: each has records and databases of its own; they share the clock. */
export class Accounts {
  /** Of the user who started the cloud. */
  readonly owner: Cloud;
  private readonly recordsFolder: string;
  private readonly others = new Map<string, Cloud>();

  constructor(private readonly settings: LocalCloudSettings) {
    this.recordsFolder = join(settings.dataFolder, "cloud");
    this.owner = new Cloud(settings, ownerAccountId, this, this.recordsFolder);
    const folder = join(this.recordsFolder, "accounts");
    const known = existsSync(folder) ? readdirSync(folder) : [];
    for (const accountId of known.filter((name) => /^\d{12}$/.test(name))) this.open(accountId);
  }

  get dataFolder(): string {
    return this.settings.dataFolder;
  }

  all(): Cloud[] {
    return [this.owner, ...this.others.values()];
  }

  find(accountId: string): Cloud | undefined {
    return this.all().find((cloud) => cloud.accountId === accountId);
  }

  /** The account of a key; it begins to exist with the first call that its key signs. */
  of(accountId: string): Cloud {
    const known = this.find(accountId);
    if (known) return known;
    if (this.others.size + 1 >= limits.accounts)
      throw new AwsError("AccessDenied", `the embedded cloud has ${limits.accounts} accounts already`, 403);
    const cloud = this.open(accountId);
    cloud.maintenance.begin().catch(logError);
    return cloud;
  }

  /** At the start of the server: what was begun in each is resumed. */
  async begin(): Promise<void> {
    await Promise.all(this.all().map((cloud) => cloud.maintenance.begin()));
  }

  async close(): Promise<void> {
    for (const cloud of this.all()) cloud.maintenance.end();
    await Promise.all(this.all().map((cloud) => cloud.instances.close()));
  }

  private open(accountId: string): Cloud {
    const cloud = new Cloud(
      this.settings,
      accountId,
      this,
      join(this.recordsFolder, "accounts", accountId),
      this.owner,
    );
    this.others.set(accountId, cloud);
    return cloud;
  }
}

import { join } from "node:path";
import { rdsArn } from "../../wire/arn";
import type { Clock } from "../../clock";
import { Journal } from "../../storage/journal";
import { limits } from "../../limits";

/**
 * RDS's sources of events, with the categories each can have (User Guide, "Amazon RDS event categories and event
 * messages").
 */
export const eventCategories = {
  "db-instance": [
    "availability",
    "backtrack",
    "backup",
    "configuration change",
    "creation",
    "deletion",
    "failover",
    "failure",
    "low storage",
    "maintenance",
    "notification",
    "read replica",
    "recovery",
    "restoration",
    "security",
    "security patching",
  ],
  "db-parameter-group": ["configuration change"],
  "db-security-group": ["configuration change", "failure"],
  "blue-green-deployment": ["creation", "deletion", "failure", "notification"],
  "db-snapshot": ["creation", "deletion", "notification", "restoration"],
} as const;

export type EventSource = keyof typeof eventCategories;

export interface CloudEvent {
  date: string;
  region: string;
  sourceType: EventSource;
  sourceIdentifier: string;
  sourceArn: string;
  categories: string[];
  message: string;
}

const arnKind = {
  "db-instance": "db",
  "db-parameter-group": "pg",
  "db-security-group": "db",
  "blue-green-deployment": "deployment",
  "db-snapshot": "snapshot",
} as const;

/** The cloud's events, for DescribeEvents: kept 14 days by the cloud's clock, as on RDS, and bounded in number. */
export class Events {
  private readonly journal: Journal<CloudEvent>;

  constructor(
    recordsFolder: string,
    private readonly accountId: string,
    private readonly clock: Clock,
  ) {
    this.journal = new Journal(join(recordsFolder, "events.jsonl"), limits.eventCount);
  }

  say<Source extends EventSource>(
    region: string,
    sourceType: Source,
    sourceIdentifier: string,
    categories: (typeof eventCategories)[Source][number][],
    message: string,
  ): void {
    const sourceArn = rdsArn(this.accountId, region, arnKind[sourceType], sourceIdentifier);
    this.journal.append({
      date: this.clock.now().toISOString(),
      region,
      sourceType,
      sourceIdentifier,
      sourceArn,
      categories,
      message,
    });
  }

  /** Oldest first, without those older than RDS would keep. */
  list(region: string): CloudEvent[] {
    const oldest = new Date(this.clock.now().getTime() - limits.eventAgeDays * 86_400_000).toISOString();
    return this.journal.list().filter((event) => event.region === region && event.date >= oldest);
  }
}

import {
  DeleteDBInstanceCommand,
  DescribeDBInstancesCommand,
  DescribeEventsCommand,
  RestoreDBInstanceToPointInTimeCommand,
  type DBInstance,
  type RestoreDBInstanceToPointInTimeCommandInput,
} from "@aws-sdk/client-rds";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { instanceIsGone, type Cloud } from "../../cloud";
import { until as untilIt } from "../../until";

/** Calls that tests of backups make again and again. */
export function backupClient(cloud: Cloud) {
  const describe_ = async (name: string): Promise<DBInstance> =>
    (await cloud.rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: name }))).DBInstances![0]!;
  return {
    describe: describe_,

    restoreTo: (
      source: string,
      target: string,
      to: Date | "latest",
      more: Partial<RestoreDBInstanceToPointInTimeCommandInput> = {},
    ) =>
      cloud.rds.send(
        new RestoreDBInstanceToPointInTimeCommand({
          ...((more.SourceDbiResourceId ?? more.SourceDBInstanceAutomatedBackupsArn)
            ? {}
            : { SourceDBInstanceIdentifier: source }),
          TargetDBInstanceIdentifier: target,
          ...(to === "latest" ? { UseLatestRestorableTime: true } : { RestoreTime: to }),
          ...more,
        }),
      ),

    /** Waits until everything committed before this moment can be restored. */
    async restorable(name: string, until: Date): Promise<Date> {
      let latest: Date | undefined;
      let lastEvent: string | undefined;
      return untilIt(
        () =>
          `${latest?.toISOString()} is the latest restorable time of ${name}, not ${until.toISOString()}: ${lastEvent}`,
        async () => {
          latest = (await describe_(name)).LatestRestorableTime;
          if (latest !== undefined && latest >= until) return latest;
          lastEvent = (await this.events(name)).at(-1);
          return undefined;
        },
        200,
      );
    },

    async remove(name: string, more: object = { SkipFinalSnapshot: true }): Promise<void> {
      await cloud.rds.send(new DeleteDBInstanceCommand({ DBInstanceIdentifier: name, ...more }));
      await instanceIsGone(cloud, name);
    },

    async events(name: string): Promise<string[]> {
      const { Events = [] } = await cloud.rds.send(
        new DescribeEventsCommand({ SourceType: "db-instance", SourceIdentifier: name }),
      );
      return Events.map(({ Message }) => Message ?? "");
    },

    backupsFolder: (instance: DBInstance) => join(cloud.dataFolder, "databases", "backups", instance.DbiResourceId!),
  };
}

/** Waits until just after a whole second and returns it: the next commit is later than it. */
export async function nextWholeSecond(): Promise<Date> {
  const second = new Date(Math.ceil(Date.now() / 1000) * 1000);
  await sleep(second.getTime() - Date.now() + 20);
  return second;
}

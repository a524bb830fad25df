/**
 * Two refreshes into one target, approved at once and carried out by two workers to their ends: one replaces the copy,
 * the other is held meanwhile, then planned and decided on again, and replaces that one's.
 */
import { DescribeDBInstancesCommand, ListTagsForResourceCommand } from "@aws-sdk/client-rds";
import { nothingLeft } from "../drill-cloud";
import { copy, type RefreshCloud } from "./refresh-cloud";
import { now, type Section } from "./report";

export interface RacingRefreshes {
  /** Broken promises. */
  problems: string[];
  /** The order in which they ended. */
  ended: string[];
  seconds: number;
}

export async function racingRefreshes(
  cloud: RefreshCloud,
  database: string,
  progress: (line: string) => void,
): Promise<RacingRefreshes> {
  const began = Date.now();
  const problems: string[] = [];
  await cloud.requireOlderCopy("environment-refresh", database);
  const ids = await cloud.approvedTogether("environment-refresh", database, 2);
  progress(`${ids.join(" and ")} are approved, to replace the same copy`);
  const workers = [cloud.startWorker(), cloud.startWorker()];
  const ended: string[] = [];
  await Promise.all(
    ids.map(async (id) => {
      const { preparation, status, verdict, cleanUp } = await cloud.decidedAgain(id);
      ended.push(id);
      progress(`${id} has ended by its plan ${preparation}: ${status}, ${verdict}, clean-up ${cleanUp}`);
      const statements = (await cloud.statements(id)).sort().join(", ");
      const end = `${status}, ${verdict}, clean-up ${cleanUp}, statements ${statements}`;
      if (end !== "succeeded, pass, clean-up done, statements teardown, verdict")
        problems.push(`${id} ended as ${end}`);
      if (preparation !== ended.length) problems.push(`${id} ended by its plan ${preparation}, not ${ended.length}`);
      const restores = await cloud.callsTaken("RestoreDBInstanceToPointInTime", cloud.restoredAs(id));
      if (restores !== 1) problems.push(`${id} was restored ${restores} times`);
    }),
  );
  for (const worker of workers) await worker.end("SIGTERM");
  const { DBInstances: [found] = [] } = await cloud.cloud.rds.send(
    new DescribeDBInstancesCommand({ DBInstanceIdentifier: copy }),
  );
  const tagged = new ListTagsForResourceCommand({ ResourceName: found?.DBInstanceArn ?? "" });
  const { TagList = [] } = await cloud.cloud.rds.send(tagged);
  const by = TagList.find(({ Key }) => Key === "shipshape:copy-request")?.Value;
  if (by !== ended.at(-1)) problems.push(`the copy says that ${by} has made it, and ${ended.at(-1)} ended last`);
  const left = await cloud.leftovers();
  if (JSON.stringify(left) !== JSON.stringify(nothingLeft)) problems.push(`left behind: ${JSON.stringify(left)}`);
  return { problems, ended, seconds: (Date.now() - began) / 1000 };
}

export const racingLine = ({ problems, seconds }: RacingRefreshes): string =>
  `2 refreshes into one target by 2 workers: ${problems.length === 0 ? "✓" : `✗ ${problems.length} broken promises`}, in ${Math.round(seconds)} s.`;

export const racingSection = (raced: RacingRefreshes): Section[] => [
  ["## Racing refreshes", `${racingLine(raced)} Recorded ${now()}.`],
];

/** Many drills of a small fleet by several workers, one of which is killed on the way: all end, none is done twice. */
import { nothingLeft, type DrillCloud } from "../drill-cloud";

export interface ManyDrills {
  drills: number;
  workers: number;
  databases: number;
  /** Broken promises. */
  problems: string[];
  seconds: number;
}

const content = "create table item (id int primary key); insert into item select generate_series(1, 2000)";

export async function manyDrills(
  cloud: DrillCloud,
  { drills, workers, databases }: Pick<ManyDrills, "drills" | "workers" | "databases">,
  progress: (line: string) => void,
): Promise<ManyDrills> {
  const names = Array.from({ length: databases }, (_, i) => `fleet-${i}`);
  for (const name of names) await cloud.makeSource(name, content);
  const began = Date.now();
  const ids: string[] = [];
  for (let i = 0; i < drills; i++) ids.push(await cloud.request(names[i % databases]!));
  const all = Array.from({ length: workers }, () => cloud.startWorker());
  let ended = 0;
  const endings = ids.map(async (id) => {
    const run = await cloud.over(id);
    progress(`${++ended} of ${drills} drills have ended, ${id} with ${run.verdict ?? run.error?.message}`);
    return run;
  });
  await cloud.until("some have ended, and others are under way", () => ended >= drills / 4);
  await all.pop()!.end("SIGKILL");
  progress("one worker was killed");
  const runs = await Promise.all(endings);
  for (const worker of all) await worker.end("SIGTERM");
  const problems: string[] = [];
  for (const { requestId: id, status, verdict, cleanUp } of runs) {
    const statements = (await cloud.statements(id)).sort().join(", ");
    const end = `${status}, ${verdict}, clean-up ${cleanUp}, statements ${statements}`;
    if (end !== "succeeded, pass, clean-up done, statements teardown, verdict") problems.push(`${id} ended as ${end}`);
    const restores = await cloud.callsTaken("RestoreDBInstanceToPointInTime", `drill-${id}`);
    if (restores !== 1) problems.push(`${id} was restored ${restores} times`);
  }
  const left = await cloud.leftovers();
  if (JSON.stringify(left) !== JSON.stringify(nothingLeft)) problems.push(`left behind: ${JSON.stringify(left)}`);
  return { drills, workers, databases, problems, seconds: (Date.now() - began) / 1000 };
}

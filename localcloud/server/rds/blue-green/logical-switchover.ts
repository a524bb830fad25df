/**
 * The first phases of a switchover to another major: blue is stopped, and comes back at once where nobody looks for it,
 * so that green gets what it lacks. Up to the phase `promote` everything can be rolled back.
 */
import {
  checkpoint,
  copySequences,
  followAt,
  hasAllOf,
  logicalState,
  schemaFingerprint,
  transactionsInTheWay,
  unfollow,
} from "../../../postgres/postgres-server";
import { pairOf } from "./logical";
import { beginBackups, cancel, startAt, type Next, type Phases, type Sides } from "./sides";

export const logicalPhases: Omit<Phases, "move"> = { guard, stop, promote };

async function guard(sides: Sides): Promise<Next> {
  const { deployment, blue, green, switchover, cloud } = sides;
  const pair = await pairOf(blue, green, cloud);
  const stopped = (why: string) => cancel(sides, `Switchover guardrail: ${why}.`);
  const inTheWay = await transactionsInTheWay(pair.source, pair.name);
  if (inTheWay) return stopped(`${inTheWay} on ${blue.shape.DBInstanceIdentifier}`);
  if ((await schemaFingerprint(pair.source)) !== deployment.schema)
    return stopped("replication is degraded: blue has DDL or large objects that green did not get");
  const state = await logicalState(pair.copy);
  if (state !== "streaming")
    return stopped(
      state === "copying" ? "green does not have every table yet" : `replication is degraded: ${state.broken}`,
    );
  if (!(await hasAllOf(pair, new Date(switchover.deadline))))
    return stopped("the replica lag of green is beyond the timeout");
  await beginBackups(sides);
  for (const server of [pair.copy, pair.source]) await checkpoint(server);
  return "stop";
}

async function stop(sides: Sides): Promise<Next> {
  const { blue, green, cloud, switchover } = sides;
  const { instances } = cloud;
  const { live, old, deadline } = switchover;
  const listen = async (port: number, isReadOnly: boolean) => {
    const moved = instances.update(blue.resourceId, (current) => {
      current.listeningPort = port;
      current.isReadOnly = isReadOnly;
    });
    await startAt(moved, cloud);
    const pair = await pairOf(moved ?? blue, green, cloud);
    await followAt(pair);
    return pair;
  };
  if (await hasAllOf(await listen(old.port, true), new Date(deadline))) return "promote";
  await listen(live.port, false);
  return cancel(sides, "The switchover exceeded its timeout and was rolled back.");
}

/** From here on it only goes forward: green follows nobody. */
async function promote({ blue, green, cloud }: Sides): Promise<Next> {
  for (const one of [blue, green]) await startAt(one, cloud);
  const pair = await pairOf(blue, green, cloud);
  await copySequences(pair);
  await unfollow(pair.copy, pair.name);
  return "move";
}

/** Pure: the train that a database is in, of those that wait for people or go on. */
import { identityOf, type TargetDatabase } from "../fleet-records";
import type { Run } from "../records";
import type { RingState, Train } from "../train-records";
import { minorOf } from "../version-records";

export interface NextTrain {
  /** Its request. */
  id: string;
  to: string;
  ring: number;
  /** waiting: also of a train that people have still to approve. */
  state: RingState;
}

/** A train with its rings; none, if it has not begun. */
export interface OpenTrain {
  run: Run;
  train: Train;
}

/** As far as the plan of a train is read here. */
interface Planned {
  to?: string;
  rings?: { number: number; databases: TargetDatabase[] }[];
}

/** The first that was requested, of those that still take it to a newer version. */
export function nextTrainOf(
  database: TargetDatabase & { engineVersion: string },
  open: readonly OpenTrain[],
): NextTrain | null {
  const identity = identityOf(database);
  for (const { run, train } of open) {
    const { to = "", rings = [] } = (run.plan ?? {}) as Planned;
    const ring = rings.find(({ databases }) => databases.some((one) => identityOf(one) === identity));
    const isSkipped = train.databases.some((one) => one.identity === identity && one.waiver !== null);
    if (!ring || isSkipped || minorOf(database.engineVersion) >= minorOf(to)) continue;
    const state = train.rings.find(({ number }) => number === ring.number)?.state ?? "waiting";
    if (state !== "aborted") return { id: run.requestId, to, ring: ring.number, state };
  }
  return null;
}

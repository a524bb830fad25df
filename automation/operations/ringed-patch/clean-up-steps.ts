/**
 * What a train leaves behind: counted loads, states of alarms, and a snapshot of each database from before its patch.
 * Those of what is well are removed when the train is over; an account and Region has a quota of 100.
 */
import { identityOf } from "../../fleet-records";
import type { CleanUpReport } from "../../records";
import { forgetAlarms } from "../../runner/train-alarms";
import { forgetSamples } from "../../runner/train-loads";
import { childrenOf, readTrain } from "../../runner/trains";
import { awsClients } from "../../targets/aws-access";
import { manualSnapshotsOf, removeSnapshot } from "../../targets/database-snapshot";
import { accessTo } from "../../targets/locations";
import { patchSnapshot } from "../database-patch/plan";
import type { OperationContext } from "../operation-context";
import { namedMax } from "./limits";
import type { Ring } from "./rings";

export interface RemovedSnapshots {
  removed: string[];
  /** Of databases that are not well, or whose ring is not promoted: they may be a way back. */
  kept: string[];
  at: string;
}

/** What was compared: nothing reads it once the train is over. */
export interface ForgottenRows {
  loads: number;
  alarms: number;
}

export function cleanUpSteps(s: Pick<OperationContext, "access" | "database" | "sealedRuns">) {
  return {
    forgetLoads: async (trainId: string): Promise<ForgottenRows> => ({
      loads: await forgetSamples(s.database, trainId),
      alarms: await forgetAlarms(s.database, trainId),
    }),

    /** Each is proven gone. Safe to repeat. */
    removeSnapshots: async (
      trainId: string,
      { number, databases }: Ring,
      signal: AbortSignal,
    ): Promise<RemovedSnapshots> => {
      const children = new Set((await childrenOf(s.database, trainId)).map(patchSnapshot));
      const found: RemovedSnapshots = { removed: [], kept: [], at: "" };
      const well = await wellIn(trainId, number);
      for (const database of children.size > 0 ? databases : []) {
        const clients = awsClients(accessTo(s.access, database));
        for (const name of await manualSnapshotsOf(clients, database.resourceId)) {
          if (!children.has(name)) continue;
          signal.throwIfAborted();
          const tags = { "shipshape:request": name.slice(patchSnapshot("").length) };
          const isGone =
            well.has(identityOf(database)) &&
            (await removeSnapshot(clients, { name, resourceId: database.resourceId, tags }, signal));
          (isGone ? found.removed : found.kept).push(name);
        }
      }
      return { ...found, at: new Date().toISOString() };
    },
  };

  /** The identities of those of a promoted ring whose patch has sealed that it passed. */
  async function wellIn(trainId: string, ring: number): Promise<Set<string>> {
    const { rings, databases } = await readTrain(s.database, trainId);
    if (rings.find((one) => one.number === ring)?.state !== "promoted") return new Set();
    const turns = databases.filter((one) => one.ring === ring && one.turnOf !== null);
    const sealed = await s.sealedRuns(turns.map(({ turnOf }) => turnOf!));
    const passed = new Set(sealed.filter(({ verdict }) => verdict === "pass").map(({ requestId }) => requestId));
    return new Set(turns.filter(({ turnOf }) => passed.has(turnOf!)).map(({ identity }) => identity));
  }
}

/** As it is sealed: a train of thousands names some of each ring. */
export function cleanUpReport(
  trainId: string,
  { loads, alarms }: ForgottenRows,
  rings: readonly (RemovedSnapshots & { number: number })[],
): CleanUpReport {
  const some = (names: string[]) =>
    names.length > namedMax
      ? `${names.slice(0, namedMax).join(", ")} and ${names.length - namedMax} more`
      : names.join(", ");
  const rowsGone = (kind: string, count: number) =>
    count > 0 ? [{ kind, identifier: trainId, provenGoneBy: `${count} row${count === 1 ? "" : "s"} deleted` }] : [];
  return {
    removed: [
      ...rowsGone("counted loads", loads),
      ...rowsGone("states of alarms", alarms),
      ...rings.flatMap(({ number, removed, at }) =>
        removed.length === 0
          ? []
          : [
              {
                kind: "snapshots",
                identifier: `ring ${number}: ${some(removed)}`,
                provenGoneBy: `DescribeDBSnapshots: DBSnapshotNotFound for each, at ${at} the last`,
              },
            ],
      ),
    ],
    left: rings.flatMap(({ number, kept }) =>
      kept.length === 0
        ? []
        : [
            {
              kind: "snapshots",
              identifier: `ring ${number}: ${some(kept)}`,
              reason: "the patch of each has not passed in a ring that was promoted: it may be a way back",
            },
          ],
    ),
  };
}

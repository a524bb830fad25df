/** In place of `runner/trains`: the rings of one train in memory. Ben aborts a train that is halted. */
import type { DBInstance } from "@aws-sdk/client-rds";
import { targetDatabase } from "../../../automation/fleet-records";
import type { PlannedRing } from "../../../automation/runner/trains";
import type { GateResult, RingState, Train } from "../../../automation/train-records";

export class MemoryTrains {
  private readonly rings = new Map<number, RingState>();
  private readonly databases = new Map<string, number>();
  private readonly decisions: Train["decisions"] = [];

  readonly tables = {
    childrenOf: () => Promise.resolve([]), // clean-up.test.ts removes what they leave
    takeTurn: () => Promise.resolve(undefined), // its ring is under way
    openTrain: (_: unknown, __: string, { rings }: { rings: PlannedRing[] }): Promise<void> => {
      for (const { number, identities } of rings) {
        if (!this.rings.has(number)) this.rings.set(number, "waiting");
        for (const identity of identities) this.databases.set(identity, number);
      }
      return Promise.resolve();
    },
    beginRing: (_: unknown, __: string, number: number) => this.go(number, "waiting", "patching"),
    bakeRing: (_: unknown, __: string, number: number) => this.go(number, "patching", "baking"),
    concludeRing: async (_: unknown, __: string, ring: number, gate: GateResult) => {
      const isNew = ["patching", "baking"].includes(this.rings.get(ring)!);
      if (!isNew) return { state: this.rings.get(ring)!, isNew };
      const state = gate.verdict === "pass" ? "promoted" : "halted";
      this.rings.set(ring, state);
      const word = state === "promoted" ? ("promote" as const) : ("halt" as const);
      const said = { by: "health gate", reason: gate.verdict, at: new Date(0), waiver: null, gate };
      this.decisions.push({ ring, word, ...said });
      return { state, isNew };
    },
    readRing: async (_: unknown, __: string, number: number) => {
      if (this.rings.get(number) === "halted") this.rings.set(number, "aborted");
      return { number, state: this.rings.get(number)!, since: new Date(0), seconds: 1e9 };
    },
    readTrain: (): Promise<Train> =>
      Promise.resolve({
        rings: [...this.rings].map(([number, state]) => ({ number, state, since: new Date(0), seconds: 1e9 })),
        decisions: this.decisions,
        databases: [...this.databases].map(([identity, ring]) => ({ identity, ring, turnOf: null, waiver: null })),
      }),
  };

  /** In place of `runner/patch-runs`: it was to bring that database from 17.9 to 17.10. */
  patchRun({
    DBInstanceIdentifier: identifier = "",
    DbiResourceId: resourceId = "",
    DBInstanceArn: arn = "",
  }: DBInstance) {
    const database = targetDatabase({ identifier, resourceId, arn });
    const plan = { database, from: "17.9", to: "17.10", snapshot: "shipshape-patch-1", change: { requestId: "1" } };
    const upBeganAt = new Date(Date.now() - 10_000).toISOString();
    return { operation: "database-patch", plan, isOver: true, upBeganAt, rowsChangedBefore: 500 };
  }

  private async go(number: number, from: RingState, to: RingState): Promise<RingState> {
    if (this.rings.get(number) === from) this.rings.set(number, to);
    return this.rings.get(number)!;
  }
}

// What `shipshape train show` prints of databases that were not patched, and of what its gates could not compare.
import type { CommandContext } from "../../../automation/command-line/command-context";
import { showTrain } from "../../../automation/command-line/train";
import { identityOf } from "../../../automation/fleet-records";
import type { Run } from "../../../automation/records";
import type { GateResult, RingState, Train } from "../../../automation/train-records";
import { databaseCalled } from "../evidence/sealed-runs";
import { recordedTerminal } from "./recorded-terminal";

let mockRecords: object;
jest.mock("../../../automation/command-line/open-records", () => ({
  withRecords: (_: unknown, work: (records: object) => Promise<unknown>) => work(mockRecords),
}));

const id = "261128020000-0a1b2c3d";
const [canary, orders] = [databaseCalled("canary"), databaseCalled("orders")];
const at = new Date("2026-11-28T02:00:00Z");
const gate: GateResult = {
  verdict: "pass",
  probes: { pass: 1, fail: 0, inconclusive: 0, error: 0 },
  found: [],
  notes: ["canary: alarms: no alarm of CloudWatch is about it"],
};

/** The canary is patched; the second ring, with one database, is in this state. */
function arrange(second: RingState, finishedAt: Date | undefined): void {
  const rings = [canary, orders].map((one, index) => ({ number: index + 1, databases: [{ ...one, from: "17.9" }] }));
  const run = { requestId: id, target: "17.10: fleet", status: finishedAt ? "succeeded" : "running", steps: {} };
  const train: Train = {
    rings: [
      { number: 1, state: "promoted", since: at, seconds: 0 },
      { number: 2, state: second, since: at, seconds: 0 },
    ],
    decisions: [
      { ring: 1, word: "promote", by: "health gate", reason: "the health gate passed", at, waiver: null, gate },
    ],
    databases: [canary, orders].map((one, index) => ({
      ...{ identity: identityOf(one), ring: index + 1, turnOf: null, waiver: null },
    })),
  };
  const child = { requestId: `${id}-1`, status: "succeeded", verdict: "pass", startedAt: at, finishedAt: at };
  mockRecords = {
    run: () => Promise.resolve({ ...run, finishedAt, plan: { to: "17.10", rings, left: [] } } as unknown as Run),
    train: () => Promise.resolve(train),
    children: () => Promise.resolve([{ ...child, target: "canary", plan: { database: canary } } as unknown as Run]),
    workers: () => Promise.resolve([{ id: "w", silentSeconds: 0 }]),
  };
}

async function shown(json = false): Promise<string> {
  const { terminal, results } = recordedTerminal();
  await showTrain(id, { json }, { settings: {}, terminal } as unknown as CommandContext);
  return results.join("\n");
}

test.each<[RingState, "goes on" | "has ended", string]>([
  ["waiting", "goes on", "waiting"],
  ["halted", "goes on", "waiting"],
  // Aborted, and its run has not ended yet.
  ["aborted", "goes on", "not patched: aborted"],
  ["aborted", "has ended", "not patched: aborted"],
  // Halted for longer than a train waits for people.
  ["halted", "has ended", "not patched: the train is over"],
])("a database whose turn did not come, in a ring that is %s of a train that %s, is %s", async (state, over, is) => {
  arrange(state, over === "has ended" ? at : undefined);
  expect(await shown()).toMatch(new RegExp(`^2 +- +- +17\\.9 +${is} +orders$`, "m"));
  expect(await shown()).toMatch(/^1 .* 17\.9 +patched +canary$/m);
});

test("what a gate could not compare is below its decision, and in JSON", async () => {
  arrange("aborted", at);
  expect(await shown()).toMatch(
    /promote by health gate: the health gate passed\n +canary: alarms: no alarm of CloudWatch/,
  );
  expect(JSON.parse(await shown(true))).toMatchObject({
    databases: [{ state: "patched" }, { state: "not-patched" }],
    decisions: [{ word: "promote", gate: "pass", notes: gate.notes }],
  });
});

import { stateKeptMilliseconds, statesKeptMax } from "../../../../automation/operations/drift-detection/limits";
import { statesOfRuns } from "../../../../automation/operations/drift-detection/states-of-runs";

/** Each read is another state, by which one sees who got which. */
function reading() {
  const clock = { now: 0 };
  let reads = 0;
  const states = statesOfRuns(
    (stack) =>
      stack === "broken" ? Promise.reject(new Error("locked")) : Promise.resolve([{ urn: `${++reads}`, type: stack }]),
    () => clock.now,
  );
  const of = async (run: string, stack = "orders") => (await states.of(run, stack))[0]!.urn;
  return { states, of, clock, reads: () => reads };
}

test("the steps of a run get one state, and no other run or stack gets it", async () => {
  const { of, reads } = reading();
  expect([await of("a"), await of("a"), await of("b"), await of("a", "ledger")]).toEqual(["1", "1", "2", "3"]);
  expect(reads()).toBe(3);
});

test("a run that looks again, or later than a minute, reads the state again", async () => {
  const { states, of, clock } = reading();
  expect(await of("a")).toBe("1");
  states.forget("a");
  expect(await of("a")).toBe("2");
  clock.now += stateKeptMilliseconds + 1;
  expect(await of("a")).toBe("3");
  expect((await states.newest("a", "orders"))[0]!.urn).toBe("4");
  expect(await of("a")).toBe("4");
});

test("one that could not be read is tried again, and never more than a worker's detections are kept", async () => {
  const { states, of, reads } = reading();
  await expect(states.of("a", "broken")).rejects.toThrow("locked");
  await expect(states.of("a", "broken")).rejects.toThrow("locked");
  for (let run = 0; run <= statesKeptMax; run++) await of(`run ${run}`);
  expect(reads()).toBe(statesKeptMax + 1);
  await of(`run ${statesKeptMax}`);
  expect(reads()).toBe(statesKeptMax + 1);
  await of("run 0");
  expect(reads()).toBe(statesKeptMax + 2);
});

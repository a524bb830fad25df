import { poll } from "../../automation/poll";

/** Finds something at the given attempt. */
const foundAt = (look: number) => {
  let looks = 0;
  return async () => (++looks >= look ? looks : undefined);
};

test("a poll looks until there is something to return, at least once even without any time", async () => {
  expect(await poll({ every: 1, seconds: 60 }, foundAt(3))).toBe(3);
  expect(await poll({ every: 1, seconds: 0 }, foundAt(1))).toBe(1);
});

test("the pause between attempts may depend on the wait so far", async () => {
  const waits: number[] = [];
  const every = (waited: number) => (waits.push(waited), 5);
  expect(await poll({ every, seconds: 60 }, foundAt(3))).toBe(3);
  expect(waits).toEqual([expect.any(Number), expect.any(Number)]);
  expect(waits[1]).toBeGreaterThan(waits[0] ?? 0);
});

test("a poll returns nothing when the time is up", async () => {
  expect(await poll({ every: 1, seconds: 0.01 }, foundAt(Infinity))).toBeUndefined();
});

test("an abort ends a poll at once, with its reason", async () => {
  const stop = new AbortController();
  const waiting = poll({ every: 3_600_000, signal: stop.signal }, foundAt(2));
  stop.abort(new Error("cancelled"));
  await expect(waiting).rejects.toThrow("cancelled");
});

test("an error ends a poll", async () => {
  const broken = () => Promise.reject(new Error("no such thing"));
  await expect(poll({ every: 1, seconds: 60 }, broken)).rejects.toThrow("no such thing");
});

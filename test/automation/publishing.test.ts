import { setTimeout as sleep } from "node:timers/promises";
import { ShipshapeError } from "../../automation/errors";
import { startPublishing } from "../../automation/publishing";

const unusable = () => new ShipshapeError("evidence-publication-unusable", { target: "there", reason: "full" });
const differs = () =>
  new ShipshapeError("evidence-publication-differs", { origin: "o", target: "t", reason: "shorter" });

test("everything that is new is published, and once more at the end", async () => {
  let left = 3;
  const publishing = await startPublishing({ publishMore: async () => --left > 0 });
  while (left > 0) await sleep(5);
  left = 1;
  await publishing.stop();
  expect(left).toBe(0);
});

test("a place that is full or does not answer holds neither the start nor the end back", async () => {
  const warned: string[] = [];
  const warn = jest.spyOn(process, "emitWarning").mockImplementation((text) => void warned.push(String(text)));
  try {
    const full = await startPublishing({ publishMore: () => Promise.reject(unusable()) });
    await sleep(20);
    await full.stop();
    expect(warned).toEqual([expect.stringMatching(/the publication of evidence failed and will be retried: .*full/)]);
  } finally {
    warn.mockRestore();
  }
  const silent = await startPublishing({ publishMore: () => new Promise(() => undefined) }, 0.02);
  await silent.stop();
});

test("a log that is not the one that was published stops a worker before it begins, and no later", async () => {
  await expect(startPublishing({ publishMore: () => Promise.reject(differs()) })).rejects.toMatchObject({
    code: "evidence-publication-differs",
  });
});

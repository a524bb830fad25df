import { previewSteps } from "../../../automation/runner/preview-steps";

const once = { attemptsMax: 3, timeoutSeconds: 60 };

test("a step of a preview resolves to what it found, whatever its key", async () => {
  const step = previewSteps("r");
  expect(await step("look", once, async () => "seen")).toBe("seen");
  expect(await step.keyed("again").keyed("once more")("look", once, async () => "seen")).toBe("seen");
  expect(step.keyed("again").requestId).toBe("r");
});

test("a step that fails is tried once, and its error is the preview's", async () => {
  let attempts = 0;
  const failing = () => Promise.reject(new Error(`attempt ${++attempts}`));
  await expect(previewSteps("r")("look", once, failing)).rejects.toThrow("attempt 1");
  expect(attempts).toBe(1);
});

test("a step that takes longer than its limit ends the preview, and what it does is aborted", async () => {
  let aborted = false;
  const hanging = (signal: AbortSignal) =>
    new Promise<never>(() => signal.addEventListener("abort", () => (aborted = true)));
  const late = previewSteps("r")("look", { attemptsMax: 1, timeoutSeconds: 0.01 }, hanging);
  await expect(late).rejects.toMatchObject({
    code: "preview-overdue",
    message: expect.stringContaining('"look"') as string,
  });
  expect(aborted).toBe(true);
});

import { waitFor } from "../../../../localcloud/plugins/aws/waiting";

const timeout = { what: "orders to become available", timeoutSeconds: 60, signal: new AbortController().signal };

test("a wait ends with the first result", async () => {
  const answers = [undefined, undefined, "available"];
  expect(await waitFor(timeout, async () => answers.shift())).toBe("available");
});

test("a wait times out, and says what it waited for", async () => {
  await expect(waitFor({ ...timeout, timeoutSeconds: 0.1 }, async () => undefined)).rejects.toThrow(
    "waiting for orders to become available: timeout after 0.1 s",
  );
});

test("a cancelled operation ends its waits", async () => {
  const abort = new AbortController();
  const wait = waitFor({ ...timeout, signal: abort.signal }, async () => undefined);
  abort.abort();
  await expect(wait).rejects.toThrow("waiting for orders to become available: cancelled");
});

test("a failed poll ends the wait", async () => {
  const ask = async () => {
    throw new Error("unexpected state 'failed'");
  };
  await expect(waitFor(timeout, ask)).rejects.toThrow("unexpected state 'failed'");
});

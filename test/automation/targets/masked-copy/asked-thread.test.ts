import { AskedThread } from "../../../../automation/targets/masked-copy/asked-thread";

const ending = { text: "require('node:worker_threads').parentPort.on('message', () => process.exit(3))" };

test("a thread that has ended refuses what it is asked then, and nobody waits for an answer in vain", async () => {
  const thread = new AskedThread<string, string>(ending, "a test's thread");
  await expect(thread.ask("one")).rejects.toThrow("a test's thread ended with code 3");
  await expect(thread.ask("another")).rejects.toThrow("a test's thread ended with code 3");
  await thread.end();
});

/** `--watch` of commands that show how things are: what they show is replaced until the person ends it. */
import { setTimeout as sleep } from "node:timers/promises";
import { watchSeconds } from "./limits";
import type { Terminal } from "./terminal";
import { interrupted } from "./waiting";

/** Shows the lines of one look, or with `watch` those of look after look, until Ctrl-C. */
export async function watched(
  watch: boolean | undefined,
  terminal: Pick<Terminal, "say" | "screen">,
  look: () => Promise<string[]>,
): Promise<void> {
  if (!watch) return (await look()).forEach((line) => terminal.say(line));
  const interruption = interrupted();
  try {
    do terminal.screen([...(await look()), "", `as of ${new Date().toISOString().slice(0, 19)}Z; Ctrl-C ends this`]);
    while (!(await Promise.race([interruption.happened(), sleep(watchSeconds * 1000, false)])));
  } finally {
    interruption.dispose();
  }
}

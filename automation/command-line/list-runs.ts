import type { RunStatus } from "../records";
import type { CommandContext } from "./command-context";
import { runsListedMax } from "./limits";
import { withRecords } from "./open-records";
import { runLines, runRecord } from "./run-report";
import { watched } from "./watching";

export interface RunsOptions {
  database?: string;
  operation?: string;
  status?: RunStatus;
  watch?: boolean;
  json?: boolean;
}

/** `shipshape runs`: the latest requests and their runs. */
export async function runs(options: RunsOptions, { settings, terminal }: CommandContext): Promise<void> {
  const { database, operation, status, json } = options;
  const filter = { targets: database === undefined ? undefined : { names: [database] }, operation, status };
  await withRecords(settings, async (records) => {
    const look = () => records.runs(runsListedMax, filter);
    if (json) return terminal.json("runs", (await look()).map(runRecord));
    await watched(options.watch, terminal, async () => {
      const found = await look();
      return found.length === 0 ? ["no such requests"] : runLines(found, terminal);
    });
  });
}

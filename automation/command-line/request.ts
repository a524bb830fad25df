import { readRun } from "../runner/runs";
import type { CommandContext } from "./command-context";
import { withControlPlane } from "./open-control-plane";
import { principal } from "./open-records";
import { runRecord } from "./run-report";
import { waitUntilOver, type WaitOptions } from "./waiting";

/** `shipshape request restore-drill`. */
export async function requestDrill(options: RequestOptions, context: CommandContext): Promise<void> {
  await withControlPlane(context.settings, async (controlPlane) => {
    const { database, structureSeconds } = options;
    const id = await controlPlane.submit(
      "restore-drill",
      { database, structureSeconds },
      { requestedBy: await principal(), reason: options.reason },
    );
    if (options.wait || options.work) return void (await waitUntilOver(controlPlane, id, options, context));
    if (options.json) return context.terminal.say(JSON.stringify(runRecord(await readRun(controlPlane.database, id))));
    context.terminal.say(
      `request ${id} is queued; a worker runs it (\`npx shipshape worker\`), \`npx shipshape show ${id}\` shows its progress`,
    );
  });
}

export interface RequestOptions extends WaitOptions {
  database: string;
  structureSeconds?: number;
  reason: string;
}

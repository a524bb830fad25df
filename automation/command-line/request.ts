import type { CommandContext } from "./command-context";
import { withControlPlane } from "./open-control-plane";
import { principal } from "./open-records";
import { reportPreview } from "./plan-only";
import { runRecord } from "./run-report";
import { waitUntilOver, type WaitOptions } from "./waiting";

export interface RequestOptions extends WaitOptions {
  reason: string;
  planOnly?: boolean;
  followUp?: string;
}

/** `shipshape request <operation>`. */
export async function requestOperation(
  operation: string,
  input: Record<string, unknown>,
  options: RequestOptions,
  context: CommandContext,
): Promise<void> {
  await withControlPlane(context, async (controlPlane) => {
    const by = { requestedBy: await principal(controlPlane), reason: options.reason };
    if (options.planOnly) {
      const preview = await controlPlane.preview(operation, input, by);
      return reportPreview(operation, preview, options.json, context.terminal);
    }
    const id = await (options.followUp === undefined
      ? controlPlane.submit(operation, input, by)
      : controlPlane.followUp(options.followUp, operation, input, by));
    if (options.wait || options.work) return void (await waitUntilOver(controlPlane, id, options, context));
    if (options.json) return context.terminal.json("request", runRecord(await controlPlane.run(id)));
    context.terminal.say(
      `request ${id} is queued; a worker runs it (\`npx shipshape worker\`), \`npx shipshape show ${id}\` shows its progress`,
    );
  });
}

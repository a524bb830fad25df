import { ShipshapeError } from "../errors";
import type { CommandContext } from "./command-context";
import { withControlPlane } from "./open-control-plane";
import { principal } from "./open-records";

/** `shipshape pause`. */
export async function pause(
  operation: string,
  { reason, json }: { reason: string; json?: boolean },
  context: CommandContext,
): Promise<void> {
  if (reason.trim() === "")
    throw new ShipshapeError("usage", { problem: "--reason is empty: say why", command: "shipshape pause" });
  await withControlPlane(context, async (controlPlane) => {
    await controlPlane.pause(operation, { principal: await principal(controlPlane), reason });
    if (json) return context.terminal.json("pause", { operation, reason });
    context.terminal.say(
      `${what(operation)} paused: requests are accepted and held until \`npx shipshape resume ${operation}\``,
    );
    context.terminal.say("runs in progress end as they would (`npx shipshape cancel <id>` ends one)");
  });
}

/** `shipshape resume`. */
export async function resume(operation: string, { json }: { json?: boolean }, context: CommandContext): Promise<void> {
  await withControlPlane(context, async (controlPlane) => {
    const runs = await controlPlane.resume(operation, await principal(controlPlane));
    if (json) return context.terminal.json("resume", { operation, runs });
    const freed = `${runs} ${runs === 1 ? "request that was" : "requests that were"} held`;
    context.terminal.say(
      `${what(operation)} no longer paused${runs === 0 ? "" : `; ${freed}: planned and decided again`}`,
    );
  });
}

const what = (operation: string) => (operation === "all" ? "all operations are" : `${operation} is`);

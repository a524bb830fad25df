import { awsClients } from "../targets/aws-access";
import { pendingChanges, type PendingChanges } from "../targets/pending-changes";
import type { CommandContext } from "./command-context";
import { commandLines, table } from "./layout";

/**
 * `shipshape pending`: what waits in RDS for the maintenance window. Reverting the program does not cancel it, and no
 * preview shows it.
 */
export async function pending(options: { json?: boolean }, { terminal }: CommandContext): Promise<void> {
  const found = await pendingChanges(awsClients());
  if (options.json) return terminal.json("pending", found);
  for (const line of report(found, terminal.columns)) terminal.say(line);
}

export function report(found: PendingChanges[], columns?: number): string[] {
  if (found.length === 0) return ["nothing is pending"];
  const rows = found.flatMap(({ identifier, window, changes }) =>
    changes.map(({ property, runs, pending }) => [identifier, property, runs, pending, window]),
  );
  return [
    ...table(["DATABASE", "PROPERTY", "RUNS", "PENDING", "WINDOW (UTC)"], rows, columns),
    "",
    "Changes that your program declares can stay. Changes that it no longer declares still happen unless you send the old values:",
    ...found.flatMap(({ identifier, cancel }) =>
      cancel === undefined
        ? [`  ${identifier}: a new password cannot be cancelled; set another`]
        : commandLines("  ", cancel, columns),
    ),
    "Each command cancels everything pending on its database. If you omit an option, --apply-immediately applies that change now.",
  ];
}

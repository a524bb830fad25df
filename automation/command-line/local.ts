import { resolve } from "node:path";
import type { Command } from "commander";
import type { CommandContext } from "./command-context";
import { addChange } from "./local-change";
import { addClock } from "./local-clock";
import { addEnv } from "./local-env";
import { addPsql } from "./local-psql";
import { addReset } from "./local-reset";
import { addStart } from "./local-start";
import { addStatus } from "./local-status";
import { addStop } from "./local-stop";

/** `shipshape local …`: the embedded cloud of this project. */
export function addLocalCommands(shipshape: Command, context: CommandContext): void {
  const local = shipshape
    .command("local")
    .description("the embedded cloud: the RDS API on real PostgreSQL, for trying and testing without AWS")
    .helpCommand(false)
    .option(
      "--data-folder <folder>",
      "the folder of all its data (also SHIPSHAPE_DATA_FOLDER)",
      (folder: string) => resolve(folder),
      context.settings.dataFolder,
    )
    .addHelpText(
      "after",
      '\nTypical:\n  npx shipshape local start\n  eval "$(npx shipshape local env)"\n  pulumi stack select --create platform.dev && pulumi up\n  npx shipshape local stop',
    );
  local.hook("preSubcommand", () => {
    context.settings = { ...context.settings, dataFolder: (local.opts() as { dataFolder: string }).dataFolder };
  });
  for (const add of [addStart, addStop, addStatus, addEnv, addReset, addPsql, addChange, addClock]) add(local, context);
}

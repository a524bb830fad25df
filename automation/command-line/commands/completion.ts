import { Argument, type Command } from "commander";
import type { CommandContext } from "../command-context";
import type { CompletedShell } from "../completion-scripts";

const completed = ["bash", "zsh", "fish"] as const satisfies CompletedShell[];

/** `shipshape completion <shell>`. */
export function addCompletionCommand(shipshape: Command, context: CommandContext): void {
  shipshape
    .command("completion")
    .description("a script that lets the tab key complete commands, options and their values in your shell")
    .addArgument(new Argument("<shell>", "the shell it is for").choices(completed))
    .option("--json", "print it as JSON")
    .addHelpText(
      "after",
      `
Examples:
  npx shipshape completion bash
  npx shipshape completion zsh
  npx shipshape completion fish

To have it in every new shell, write it to a file, again after each update:
  bash   ~/.local/share/bash-completion/completions/shipshape; without the
         package bash-completion: a file that ~/.bashrc reads with source
  zsh    _shipshape in a folder that ~/.zshrc adds to fpath before compinit
  fish   ~/.config/fish/completions/shipshape.fish

It completes the word shipshape. If you type npx shipshape, define a function:
  bash, zsh   shipshape() { command npx shipshape "$@"; }
  fish        function shipshape; command npx shipshape $argv; end`,
    )
    .action(async (shell: CompletedShell, options: { json?: boolean }) =>
      (await import("../completion")).printCompletion(shell, options, shipshape, context),
    );
}

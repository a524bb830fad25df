import type { Command, Option } from "commander";
import type { CommandContext } from "./command-context";
import { type CompletedShell, completionScript, type Completions, type Place } from "./completion-scripts";

/** `shipshape completion`: the script for a shell, made from the commands as they are declared. */
export function printCompletion(
  shell: CompletedShell,
  options: { json?: boolean },
  shipshape: Command,
  { terminal }: CommandContext,
): void {
  const script = completionScript(shell, completionsOf(shipshape));
  if (options.json) terminal.json("completion", { shell, script });
  else terminal.exact(script);
}

/** Everything that can be completed below a command. */
export function completionsOf(root: Command): Completions {
  const found: Completions = { places: [], meanings: [] };
  visit(root, "", [], found);
  return found;
}

/** `inherited`: options of the commands above, which are also understood here. */
function visit(command: Command, at: string, inherited: Option[], { places, meanings }: Completions): void {
  const help = command.createHelp();
  const options = [...help.visibleOptions(command), ...inherited];
  const commands = help.visibleCommands(command);
  const place: Place = { at, commands: [], options: [] };
  places.push(place);
  for (const option of options) {
    const words = [option.long, option.short].filter((word) => word !== undefined);
    place.options.push({ word: words[0]!, description: option.description });
    if (option.required) for (const word of words) meanings.push([`${at} ${word}`, valueOf(option)]);
  }
  command.registeredArguments.forEach((argument, index) => {
    const value = meaningOf(argument.name(), argument.argChoices);
    meanings.push([`${at} #${argument.variadic ? "*" : index}`, value]);
  });
  const below = [...inherited, ...command.options.filter((option) => option.attributeName() !== "version")];
  for (const one of commands) {
    const word = one.name();
    place.commands.push({ word, description: one.description() });
    meanings.push([`${at} ${word}`, "command"]);
    visit(one, `${at} ${word}`, below, { places, meanings });
  }
}

const valueOf = ({ flags, argChoices }: Option) => meaningOf(/<(.*)>/.exec(flags)?.[1] ?? "", argChoices);

/** What stands for a value in help says whether it is a path. */
const meaningOf = (placeholder: string, choices: string[] | undefined): string => {
  if (choices) return `of ${choices.join(" ")}`;
  return paths[placeholder as keyof typeof paths] ?? "none";
};
export const paths = {
  file: "file",
  files: "file",
  path: "file",
  report: "file",
  checkpoint: "file",
  old: "file",
  profile: "file",
  folder: "folder",
  place: "folder",
} as const;

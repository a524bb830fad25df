import type { Command } from "commander";
import type { CommandContext } from "../command-context";
import type { DecisionOptions, TrainCommand } from "../train";

interface Described {
  description: string;
  example: string;
  needsDatabase?: true;
}

const decisions: Record<TrainCommand, Described> = {
  halt: {
    description: "begin no further patch and promote no ring, until it is resumed; a patch under way ends",
    example: 'halt 261123093000-1a2b3c4d --reason "orders is slow since noon"',
  },
  resume: {
    description: "patch what is left of the halted ring, watch it again, and go on if its health gate passes",
    example: 'resume 261123093000-1a2b3c4d --reason "the slow query was ours"',
  },
  skip: {
    description: "leave one database out of this train, by a waiver; neither its patch nor its health counts then",
    example: 'skip 261123093000-1a2b3c4d --database orders-production --reason "its release is on Friday"',
    needsDatabase: true,
  },
  abort: {
    description: "end a train for good; what is patched stays patched",
    example: 'abort 261123093000-1a2b3c4d --reason "17.10 has a regression"',
  },
};

/** `shipshape train …`: the trains of patches that `request ringed-patch` begins. */
export function addTrainCommands(shipshape: Command, context: CommandContext): void {
  const train = shipshape
    .command("train")
    .description("a train of patches: its rings, and what people decide about them")
    .helpCommand(false)
    .addHelpText(
      "after",
      '\nExamples:\n  npx shipshape train show 261123093000-1a2b3c4d\n  npx shipshape train halt 261123093000-1a2b3c4d --reason "orders is slow since noon"',
    );
  train
    .command("show <id>")
    .description("the timetable of a train: each ring and database, what was decided, and why it is halted")
    .option("--json", "print it as JSON")
    .addHelpText("after", "\nExample:\n  npx shipshape train show 261123093000-1a2b3c4d")
    .action(async (id: string, options: { json?: boolean }) =>
      (await import("../train")).showTrain(id, options, context),
    );
  for (const [word, { description, example, needsDatabase }] of Object.entries(decisions)) {
    const command = train.command(`${word} <id>`).description(description);
    if (needsDatabase) command.requiredOption("--database <identifier>", "the database to leave out");
    command
      .requiredOption("--reason <text>", "why, for the evidence")
      .option("--json", "print it as JSON")
      .addHelpText("after", `\nExample:\n  npx shipshape train ${example}`)
      .action(async (id: string, options: DecisionOptions) =>
        (await import("../train")).decideTrain(word as TrainCommand, id, options, context),
      );
  }
}

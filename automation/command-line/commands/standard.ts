import type { Command } from "commander";
import type { CommandContext } from "../command-context";

/** `shipshape standard …`: what databases are held to, without a control plane or a cloud. */
export function addStandardCommands(shipshape: Command, context: CommandContext): void {
  const standard = shipshape
    .command("standard")
    .description("what databases are held to here: Shipshape's standard, or the one that shipshape.yaml names")
    .helpCommand(false)
    .addHelpText("after", "\nExamples:\n  npx shipshape standard check\n  npx shipshape standard show --why");
  standard
    .command("show")
    .description("each figure of the standard")
    .option("--why", "also where it is from: Shipshape, a line of your file, an exception to the floor")
    .option("--json", "print it as JSON, with where each figure is from")
    .addHelpText("after", "\nExamples:\n  npx shipshape standard show --why\n  npx shipshape standard show --json")
    .action(async (options: { why?: boolean; json?: boolean }) => (await import("../standard")).show(options, context));
  standard
    .command("diff")
    .argument("<old>", 'the standard that databases follow: its file, or "shipshape" for Shipshape\'s own')
    .argument("[files...]", "config files of stacks; without any, the stacks of the Pulumi backend are read")
    .description("what the standard of today changes in each database, and how, before any preview")
    .option("--json", "print it as JSON")
    .addHelpText(
      "after",
      "\nWith exit code 1 something is refused, or could not be judged.\n\nExamples:\n" +
        "  npx shipshape standard diff shipshape\n" +
        "  npx shipshape standard diff old.yaml stacks/Pulumi.database.orders-production.yaml",
    )
    .action(async (old: string, files: string[], options: { json?: boolean }) =>
      (await import("../standard-diff")).diff(old, files, options, context),
    );
  standard
    .command("check")
    .description("whether the standard can be used: its shape, how its parts fit together, and the floor")
    .option("--json", "print it as JSON")
    .addHelpText("after", "\nExample:\n  npx shipshape standard check")
    .action(async (options: { json?: boolean }) => (await import("../standard")).check(options, context));
  standard
    .command("types")
    .description("your names of tiers, sizes and so on for TypeScript programs, to keep beside them")
    .option("--json", "print it as JSON")
    .addHelpText("after", "\nExample:\n  npx shipshape standard types > shipshape-standard.d.ts")
    .action(async (options: { json?: boolean }) => (await import("../standard")).types(options, context));
}

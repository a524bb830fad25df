import type { Command } from "commander";
import type { CommandContext } from "../command-context";
import type { CheckOptions } from "../masking-check";
import type { DraftOptions } from "../masking-draft";

const role = ["--role <name>", "the access role to log in as, or `master`"] as const;
const databaseName = ["--database-name <name>", "the database on the instance (default: the instance's own)"] as const;

export function addMaskingCommands(shipshape: Command, context: CommandContext): void {
  const masking = shipshape
    .command("masking")
    .description("which columns of a database an environment refresh masks, and how")
    .helpCommand(false)
    .addHelpText("after", "\nExample:\n  npx shipshape masking draft orders-production --output orders.masking.yaml");
  masking
    .command("draft")
    .description("write a first masking profile of a database, each guess with its reason")
    .argument("<database>", "its identifier")
    .option("--output <file>", "a new file for the profile, .masking.yaml (default: print it)")
    .option(...role, "master")
    .option(...databaseName)
    .option("--no-values", "look at the schema only, not at what values look like")
    .option("--json", "print the profile as JSON")
    .addHelpText(
      "after",
      "\nIt reads the schema and samples of text columns; no value leaves the process. What it has no verdict on is\nunclassified, and refuses a refresh until you decide: docs/masking.md\n\nExample:\n  npx shipshape masking draft orders-production --output orders.masking.yaml",
    )
    .action(async (database: string, options: DraftOptions) =>
      (await import("../masking-draft")).draftMasking(database, options, context),
    );
  masking
    .command("check")
    .description("check that a masking profile covers a database's schema as it is; for CI")
    .argument("<profile>", "its file, .masking.yaml")
    .requiredOption("--database <identifier>", "the database whose schema it has to cover")
    .option(...role, "shipshape")
    .option(...databaseName)
    .option("--json", "print the problems as JSON")
    .addHelpText(
      "after",
      "\nIt reads the catalog, and no row. Exit code 1: the schema has outgrown the profile.\n\nExample:\n  npx shipshape masking check orders.masking.yaml --database orders-production",
    )
    .action(async (profile: string, options: CheckOptions) =>
      (await import("../masking-check")).checkMasking(profile, options, context),
    );
}

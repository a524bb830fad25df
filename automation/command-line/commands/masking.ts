import type { Command } from "commander";
import type { CommandContext } from "../command-context";
import { rowsDefault, rowsMax } from "../../operations/masking-preview/limits";
import type { CheckOptions } from "../masking-check";
import type { DraftOptions } from "../masking-draft";
import type { PreviewOptions } from "../masking-preview";
import { parseCount } from "./option-values";

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
    .description("check that a masking profile, and the subsets beside it, fit a database's schema as it is; for CI")
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
  masking
    .command("preview")
    .description("show rows before and after masking, of an isolated copy that was requested and approved for it")
    .argument("<profile>", "its file, .masking.yaml")
    .option("--request <id>", "the masking preview (default: your newest one of the profile's source)")
    .option("--table <name>", "one table, as the profile names it (default: the first ones with masked columns)")
    .option("--rows <number>", `how many rows of each table, up to ${rowsMax}`, parseCount(rowsMax), rowsDefault)
    .option("--json", "print the rows as JSON")
    .addHelpText(
      "after",
      "\nIt shows REAL VALUES, beside their masks, to the person who requested the preview and to nobody else. Edit the\nprofile, and look again. `npx shipshape request masking-preview` requests the copy: docs/masking.md\n\nExample:\n  npx shipshape masking preview orders.masking.yaml --table public.customers",
    )
    .action(async (profile: string, options: PreviewOptions) =>
      (await import("../masking-preview")).previewMasking(profile, options, context),
    );
}

import { type Command, Option } from "commander";
import { handOverTargets } from "../../../components/hand-over";
import type { CheckedBaseline, NewBaseline } from "../baseline";
import type { CommandContext } from "../command-context";
import type { GuardOptions } from "../guard";
import type { HandOverOptions } from "../hand-over";
import type { ImportOptions } from "../import";
import { patchLevels } from "../../patches/patch-levels";
import type { PatchesOptions } from "../patches";
import type { NewWaiver } from "../waiver";
import { day } from "./option-values";

/** What is read from states and the RDS API, without a control plane: judgements, exceptions, and so on. */
export function addGuardrailCommands(shipshape: Command, context: CommandContext): void {
  addGuard(shipshape, context);
  addPending(shipshape, context);
  addPatches(shipshape, context);
  addHandOver(shipshape, context);
  addWaiver(shipshape, context);
  addRule(shipshape, context);
  addBaseline(shipshape, context);
  addImport(shipshape, context);
}

function addImport(shipshape: Command, context: CommandContext): void {
  shipshape
    .command("import")
    .description(
      "write the request that imports an existing database without changing it, and what its differences need",
    )
    .requiredOption("--from <resource id>", "the database, as db-ABCDEFGHIJKLMNOPQRSTUVWXYZ; never its identifier")
    .option("--service <name>", "whose data it is (default: its tag, or its name)")
    .option("--owner <team>", "the responsible team (default: its tag)")
    .option("--environment <name>", "(default: its tag, or what its name says)")
    .option("--tier <name>", "(default: its tag)")
    .option("--size <name>", "what it should become (default: by its class, or its storage)")
    .option("--data-classification <name>", "(default: its tag)")
    .option("--cost-center <text>", "(default: its tag)")
    .option("--stack <name>", "the stack that will have it (default: database.<identifier>)")
    .option("--output <file>", "a new file for the request, .yaml (a stack's config) or .ts (a program)")
    .option("--json", "print cloud, request and differences as JSON")
    .addHelpText(
      "after",
      "\nIt only reads. How an import goes on: docs/import.md\n\nExample:\n  npx shipshape import --from db-… --owner team-billing --tier silver --environment production \\\n    --data-classification internal --cost-center 4711",
    )
    .action(async (options: ImportOptions) => (await import("../import")).importDatabase(options, context));
}

function addGuard(shipshape: Command, context: CommandContext): void {
  shipshape
    .command("guard")
    .description("judge exported states or live databases by the guardrails")
    .option("--state <path>", "an export of `pulumi stack export`, a folder of them, or - for standard input")
    .option(
      "--live",
      "what the RDS API describes in this account and Region, including databases that no stack declares",
    )
    .option("--config <file>", "the policy pack's config, as for `pulumi preview --policy-pack-config`")
    .option("--waivers <folder>", "the folder of waivers (default: policypacks/waivers)")
    .option(
      "--baseline <file>",
      "what was there when guardrails were introduced (default: guardrails.baseline of shipshape.yaml)",
    )
    .option("--shrink", "remove from the baseline what is no longer needed")
    .option("--fail-on-undecided", "also exit with 1 if a value that a rule needs cannot be read")
    .option("--on <day>", "judge expiry as of a later day, YYYY-MM-DD", day)
    .option("--json", "print the findings as JSON")
    .option("--github", "print them as GitHub Actions annotations")
    .option("--sarif <file>", "also write them as SARIF 2.1.0")
    .option("--junit <file>", "also write them as JUnit XML")
    .addHelpText(
      "after",
      "\nExamples:\n  pulumi stack export --stack database.orders-production | npx shipshape guard --state -\n  pulumi stack export --show-secrets | npx shipshape guard --state - --fail-on-undecided\n  npx shipshape guard --state exports/ --sarif guardrails.sarif --junit guardrails.xml\n  npx shipshape guard --state exports/ --baseline baseline.json --shrink\n  npx shipshape guard --live\n\nExit codes: 0 no mandatory violation · 1 mandatory violations · 2 something could not be read, or a usage error",
    )
    .action(async (options: GuardOptions) => (await import("../guard")).guard(options, context));
}

function addPending(shipshape: Command, context: CommandContext): void {
  shipshape
    .command("pending")
    .description(
      "changes that RDS has accepted and will apply in the maintenance window, declared or not, and how to cancel them",
    )
    .option("--json", "print them as JSON")
    .addHelpText("after", "\nExamples:\n  npx shipshape pending\n  npx shipshape pending --json | jq -r '.[].cancel'")
    .action(async (options: { json?: boolean }) => (await import("../pending")).pending(options, context));
}

function addPatches(shipshape: Command, context: CommandContext): void {
  shipshape
    .command("patches")
    .description(
      "the version of each database against what the standard approves, and RDS offers and supports; who else changes it",
    )
    .option("--database <identifier>", "only this database")
    .option("--owner <team>", "only databases of this owner")
    .addOption(new Option("--level <level>", "only databases of this level").choices(patchLevels))
    .option("--json", "print them as JSON")
    .addHelpText(
      "after",
      "\nExamples:\n  npx shipshape patches\n  npx shipshape patches --level behind --json | jq -r '.databases[].database.identifier'\n\nExit codes: 0 every version is approved and supported · 1 one is not, or an account was not reached",
    )
    .action(async (options: PatchesOptions) => (await import("../patches")).patches(options, context));
}

/** `shipshape baseline …`: what was there when guardrails were introduced. */
function addBaseline(shipshape: Command, context: CommandContext): void {
  const baseline = shipshape
    .command("baseline")
    .description("violations that existed when guardrails were introduced: dated, and only fewer")
    .helpCommand(false)
    .addHelpText("after", "\nExample:\n  npx shipshape baseline check --against committed.json --file baseline.json");
  baseline
    .command("new")
    .description("write the file, from the violations of a report that stop a change")
    .requiredOption("--from <report>", "a report of the guard command, as it prints with --json")
    .requiredOption("--owner <team>", "who will fix what has no owner tag")
    .option("--until <day>", "the last day on which they only advise, 365 days ahead at most (default: in 180 days)")
    .option("--file <file>", "the file to write (default: guardrails.baseline of shipshape.yaml)")
    .option("--json", "print it as JSON")
    .addHelpText(
      "after",
      "\nA baseline is written once; `npx shipshape guard --shrink` removes what is no longer needed.\n\nExample:\n  npx shipshape baseline new --from report.json --owner team-platform --file guardrails/baseline.json",
    )
    .action(async (options: NewBaseline) => (await import("../baseline")).write(options, context));
  baseline
    .command("check")
    .description("refuse a baseline that has more, or later days, than the committed one")
    .requiredOption("--against <file>", "the committed one, or - for standard input")
    .option("--file <file>", "the file to check (default: guardrails.baseline of shipshape.yaml)")
    .option("--json", "print it as JSON")
    .addHelpText(
      "after",
      "\nCompare with the branch that the change is for, never with the change itself.\n\nExample:\n  npx shipshape baseline check --against committed.json --file baseline.json",
    )
    .action(async (options: CheckedBaseline) => (await import("../baseline")).check(options, context));
}

/** `shipshape rule …`: Shipshape's rules and the company's own. */
function addRule(shipshape: Command, context: CommandContext): void {
  const rule = shipshape
    .command("rule")
    .description("the rules that hold here: Shipshape's, and the company's own")
    .helpCommand(false)
    .addHelpText("after", "\nExamples:\n  npx shipshape rule list\n  npx shipshape rule test");
  rule
    .command("list")
    .description("all rules, with severity and owner")
    .option("--own", "only the company's own")
    .option("--json", "print them as JSON")
    .addHelpText("after", "\nExample:\n  npx shipshape rule list --own")
    .action(async (options: { own?: boolean; json?: boolean }) => (await import("../rule")).list(options, context));
  rule
    .command("show")
    .description("what a rule requires, why, and what to do about a violation")
    .argument("<rule>", "its name")
    .option("--json", "print it as JSON")
    .addHelpText("after", "\nExample:\n  npx shipshape rule show require-multi-az")
    .action(async (id: string, options: { json?: boolean }) => (await import("../rule")).show(id, options, context));
  rule
    .command("test")
    .description("try the company's own rules on their examples; exit code 1 if one does not hold")
    .option("--json", "print it as JSON")
    .addHelpText("after", "\nExample:\n  npx shipshape rule test")
    .action(async (options: { json?: boolean }) => (await import("../rule")).test(options, context));
  rule
    .command("pages")
    .description("write a page for each of the company's own rules, as Shipshape's have")
    .argument("<folder>", "where to; pages of rules that no longer exist are removed")
    .option("--json", "print it as JSON")
    .addHelpText("after", "\nExample:\n  npx shipshape rule pages docs/rules")
    .action(async (folder: string, options: { json?: boolean }) =>
      (await import("../rule")).pages(folder, options, context),
    );
}

function addHandOver(shipshape: Command, context: CommandContext): void {
  shipshape
    .command("hand-over <database>")
    .description("what an application needs to connect as a role, ready to paste; passwords stay in the role's secret")
    .addOption(
      new Option("--for <target>", "where the application runs, or its IAM role")
        .choices(handOverTargets)
        .makeOptionMandatory(),
    )
    .option("--role <role>", "one of the database's roles", "readwrite")
    .option("--stack <project/stack>", "where several stacks declare a database of this name")
    .option("--json", "print it as JSON")
    .addHelpText(
      "after",
      "\nExamples:\n  npx shipshape hand-over orders-production --for ecs\n  npx shipshape hand-over orders-production --for lambda --role readonly\n  npx shipshape hand-over orders-production --for external-secrets > external-secret.yaml\n  npx shipshape hand-over orders-production --for iam > policy.json",
    )
    .action(async (database: string, options: HandOverOptions) =>
      (await import("../hand-over")).printHandOver(database, options, context),
    );
}

/** `shipshape waiver …`: exceptions to guardrails, as files that are reviewed like code. */
function addWaiver(shipshape: Command, context: CommandContext): void {
  const waiver = shipshape
    .command("waiver")
    .description("exceptions to guardrails: one file each, with owner, approver and expiry")
    .helpCommand(false)
    .addHelpText("after", "\nExamples:\n  npx shipshape waiver list\n  npx shipshape waiver check");
  waiver
    .command("list")
    .description("all waivers, next to expire first")
    .option("--waivers <folder>", "their folder (default: policypacks/waivers)")
    .option("--json", "print them as JSON")
    .addHelpText("after", "\nExample:\n  npx shipshape waiver list")
    .action(async (options: { waivers?: string; json?: boolean }) =>
      (await import("../waiver")).list(options, context),
    );
  waiver
    .command("check")
    .description("what is wrong with them, with file and line; exit code 2 if anything is, 1 if one has expired")
    .option("--waivers <folder>", "their folder (default: policypacks/waivers)")
    .option("--json", "print it as JSON")
    .addHelpText(
      "after",
      "\nOnly `npx shipshape guard`, which sees the resources, can say whether a waiver matches anything.\n\nExample:\n  npx shipshape waiver check",
    )
    .action(async (options: { waivers?: string; json?: boolean }) =>
      (await import("../waiver")).check(options, context),
    );
  waiver
    .command("new")
    .description("write the file of a new one, or one for each chosen violation of a report, for review and merge")
    .option("--from <report>", "a report of the guard command, as it prints with --json")
    .option("--rule <rule>", "the rule it is an exception to; with --from, only of this rule")
    .option("--resource <urn>", "the resource's URN, or a glob of URNs; with --from, only of these")
    .option("--all", "with --from: all that stop a change")
    .requiredOption("--reason <text>", "why, for readers half a year from now")
    .requiredOption("--owner <team>", "who has the exception and will end it")
    .requiredOption("--approver <name>", "who approved it; not the owner")
    .option("--expires-on <day>", "the last day it is valid, 180 days ahead at most (default: in 90 days)")
    .option("--category <category>", "waiver (the risk is accepted) or mitigated (something else reduces it)", "waiver")
    .option("--id <id>", "its name (default: the rule and the resource's name)")
    .option("--waivers <folder>", "the folder to write it to (default: policypacks/waivers)")
    .option("--json", "print the names of the files as JSON")
    .addHelpText(
      "after",
      "\nExamples:\n  npx shipshape waiver new --from report.json --all --reason 'replaced in March' --owner team-orders --approver team-platform\n  npx shipshape waiver new --rule require-multi-az --resource 'urn:pulumi:database.orders-production::shipshape::*::orders-instance' --reason 'moves to another Region in March' --owner team-orders --approver team-platform --expires-on 2027-03-31",
    )
    .action(async (options: NewWaiver) => (await import("../waiver")).write(options, context));
}

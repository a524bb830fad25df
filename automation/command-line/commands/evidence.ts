import { Option, type Command } from "commander";
import type { CommandContext } from "../command-context";
import type { PopulationOptions } from "../evidence-population";
import type { RestoreOptions } from "../evidence-publish";
import type { VerifyOptions } from "../evidence-verify";

import { pastDay } from "./option-values";

/** `shipshape evidence …`: the append-only log of what was proven. */
export function addEvidenceCommands(shipshape: Command, context: CommandContext): void {
  const evidence = shipshape
    .command("evidence")
    .description("signed, append-only statements about what runs have proven; they expire")
    .helpCommand(false)
    .addHelpText(
      "after",
      "\nExamples:\n  npx shipshape evidence list\n  npx shipshape evidence export 261123093000-1a2b3c4d --out evidence-orders",
    );
  addReading(evidence, context);
  addPublication(evidence, context);
  addVerify(evidence, context);
  addKey(evidence, context);
}

function addReading(evidence: Command, context: CommandContext): void {
  evidence
    .command("list")
    .description("the statements with a valid signature and position, newest first")
    .option("--json", "print it as JSON")
    .addHelpText("after", "\nExample:\n  npx shipshape evidence list")
    .action(async (options: { json?: boolean }) => (await import("../evidence")).list(options, context));
  evidence
    .command("show <id>")
    .description("what the statements about a request say")
    .option("--json", "print it as JSON")
    .addHelpText("after", "\nExample:\n  npx shipshape evidence show 261123093000-1a2b3c4d")
    .action(async (id: string, options: { json?: boolean }) =>
      (await import("../evidence")).show(id, options, context),
    );
  evidence
    .command("report <id>")
    .description("a page for auditors about one run: phases, checks, recovery times, who asked and who approved")
    .option("--json", "the same content as JSON, with the same digest")
    .option("--out <file>", "the file to write; without it, standard output")
    .addHelpText("after", "\nExample:\n  npx shipshape evidence report 261123093000-1a2b3c4d --out report.html")
    .action(async (id: string, options: { json?: boolean; out?: string }) =>
      (await import("../evidence-report")).report(id, options, context),
    );
  evidence
    .command("population")
    .description("every database and every drill its tier demanded in a period: done, late or missing; seals that")
    .requiredOption("--from <day>", "the first day, in UTC", pastDay)
    .requiredOption("--to <day>", "the last day, in UTC; today ends now", pastDay)
    .option("--out <folder>", "a folder that anyone can verify offline: statement, proofs, page, JSON, OSCAL")
    .addOption(new Option("--json", "print it as JSON").conflicts(["html", "oscal"]))
    .addOption(new Option("--html", "print it as a page").conflicts(["json", "oscal"]))
    .addOption(new Option("--oscal", "print it as OSCAL assessment results").conflicts(["json", "html"]))
    .addHelpText(
      "after",
      "\nExample:\n  npx shipshape evidence population --from 2026-01-01 --to 2026-03-31 --out audit-q1",
    )
    .action(async (options: PopulationOptions) =>
      (await import("../evidence-population")).population(options, context),
    );
  evidence
    .command("checkpoint")
    .description("the signed head of the log: publish or keep it, to prove later that nothing was rewritten since")
    .option("--json", "print it as JSON, which no other command takes")
    .addHelpText("after", "\nExample:\n  npx shipshape evidence checkpoint > checkpoint-$(date +%F)")
    .action(async (options: { json?: boolean }) => (await import("../evidence")).checkpoint(options, context));
  evidence
    .command("export <id>")
    .description("a folder that anyone can verify offline")
    .requiredOption("--out <folder>", "the folder to write; an older export in it is replaced")
    .option(
      "--since <checkpoint>",
      "a file with an older checkpoint: the folder then proves that the log has only grown since",
    )
    .option("--json", "print it as JSON")
    .addHelpText("after", "\nExample:\n  npx shipshape evidence export 261123093000-1a2b3c4d --out evidence-orders")
    .action(async (id: string, options: { out: string; since?: string; json?: boolean }) =>
      (await import("../evidence")).exportFolder(id, options, context),
    );
}

function addPublication(evidence: Command, context: CommandContext): void {
  evidence
    .command("publish")
    .description("publish what is new in the log; workers do so all the time if SHIPSHAPE_EVIDENCE_PUBLISH_TO is set")
    .option("--to <place>", "a folder, or s3://<bucket>/<prefix> (default: SHIPSHAPE_EVIDENCE_PUBLISH_TO)")
    .option("--json", "print it as JSON")
    .addHelpText("after", "\nExample:\n  npx shipshape evidence publish --to published-evidence")
    .action(async (options: { to?: string; json?: boolean }) =>
      (await import("../evidence-publish")).publish(options, context),
    );
  evidence
    .command("restore")
    .description("rebuild the log from where it was published, when the control plane's database is lost")
    .requiredOption("--from <place>", "the folder, or s3://<bucket>/<prefix>, with the published log")
    .option("--key <file>", "a verifier key of the log that you kept; without it, the one this machine remembers")
    .option("--since <checkpoint>", "a file with a checkpoint that you kept: what was published must extend it")
    .option("--json", "print it as JSON")
    .addHelpText("after", "\nExample:\n  npx shipshape evidence restore --from published-evidence")
    .action(async (options: RestoreOptions) => (await import("../evidence-publish")).restore(options, context));
}

function addVerify(evidence: Command, context: CommandContext): void {
  evidence
    .command("verify <folder>")
    .description("verify an exported folder, or a whole published log, offline")
    .option("--key <file>", "the verifier key you were given; without it, the one remembered at the first verification")
    .option("--since <checkpoint>", "a file with a checkpoint that you kept earlier")
    .option("--json", "print it as JSON")
    .addHelpText("after", "\nExample:\n  npx shipshape evidence verify evidence-orders --key shipshape-verifier-key")
    .addHelpText(
      "after",
      "\nExit codes: 0 valid · 1 invalid · 2 not evidence · 4 valid by a key seen for the first time on this machine · 5 valid but expired",
    )
    .action(async (folder: string, options: VerifyOptions) =>
      (await import("../evidence-verify")).verify(folder, options, context),
    );
}

function addKey(evidence: Command, context: CommandContext): void {
  const key = evidence
    .command("key")
    .description("the key that signs the evidence log")
    .helpCommand(false)
    .addHelpText(
      "after",
      "\nExamples:\n  npx shipshape evidence key create\n  npx shipshape evidence key show > shipshape-verifier-key",
    );
  key
    .command("create")
    .description(
      "begin a log: create its key file, or have SHIPSHAPE_SIGNING_KMS_KEY sign it; refused if the log has a key",
    )
    .option("--json", "print it as JSON")
    .addHelpText("after", "\nExample:\n  npx shipshape evidence key create")
    .action(async (options: { json?: boolean }) => (await import("../evidence-key")).create(options, context));
  key
    .command("show")
    .description("the log's public key, as auditors need it; with --all every key it ever had")
    .option("--all", "every key the log ever had, oldest first")
    .option("--json", "print it as JSON")
    .addHelpText("after", "\nExample:\n  npx shipshape evidence key show > shipshape-verifier-key")
    .action(async (options: { all?: boolean; json?: boolean }) =>
      (await import("../evidence-key")).show(options, context),
    );
  key
    .command("rotate")
    .description(
      "replace the key: the change is a statement in the log, signed by both keys; first stop workers elsewhere, then give them the new key",
    )
    .option("--to <key>", "the new key: `file`, where one is created, or a KMS key by its ARN or that of an alias")
    .option("--json", "print it as JSON")
    .addHelpText("after", "\nExample:\n  npx shipshape evidence key rotate")
    .action(async (options: { to?: string; json?: boolean }) =>
      (await import("../evidence-key")).rotate(options, context),
    );
}

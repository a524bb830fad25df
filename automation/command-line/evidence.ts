import { resolve } from "node:path";
import type { Command } from "commander";
import { ShipshapeError } from "../errors";
import { exportEvidence } from "../evidence/export";
import { statementsOf, type LogContent } from "../evidence/reading";
import { reportOf } from "../evidence/report";
import { evidenceListedMax } from "./limits";
import { printable } from "../printable";
import type { CommandContext } from "./command-context";
import { withControlPlane } from "./open-control-plane";
import { addEvidenceKey } from "./evidence-key";
import { knownLog, readEvidence } from "./evidence-log";
import { addEvidenceVerify, readGiven } from "./evidence-verify";
import { table, type Terminal } from "./terminal";

/** `shipshape evidence …`: the append-only log of what was proven. */
export function addEvidence(shipshape: Command, context: CommandContext): void {
  const { terminal } = context;
  const evidence = shipshape
    .command("evidence")
    .description("signed, append-only statements about what runs have proven; they expire")
    .helpCommand(false)
    .addHelpText(
      "after",
      "\nExamples:\n  npx shipshape evidence list\n  npx shipshape evidence export 261123093000-1a2b3c4d --out evidence-orders",
    );
  const read = (work: (log: LogContent) => void) =>
    withControlPlane(context.settings, async ({ database }) => {
      const log = await readEvidence(context.settings, database, terminal);
      for (const { what } of log.problems) terminal.progress(`${terminal.style("red", "problem:")} ${printable(what)}`);
      work(log);
    });
  evidence
    .command("list")
    .description("the statements with a valid signature and position, newest first")
    .option("--json", "print it as JSON")
    .addHelpText("after", "\nExample:\n  npx shipshape evidence list")
    .action((options: { json?: boolean }) => read((log) => list(log, options.json === true, terminal)));
  evidence
    .command("show <id>")
    .description("what the statements about a request say")
    .option("--json", "print it as JSON")
    .addHelpText("after", "\nExample:\n  npx shipshape evidence show 261123093000-1a2b3c4d")
    .action((id: string, options: { json?: boolean }) =>
      read((log) => {
        const statements = statementsOf(log, id);
        if (statements.length === 0) throw new ShipshapeError("evidence-unknown", { id: printable(id) });
        const json = () => JSON.stringify(statements.map((s) => s.statement), undefined, 2); // prettier-ignore
        terminal.say(options.json ? json() : reportOf(statements));
      }),
    );
  evidence
    .command("checkpoint")
    .description("the signed head of the log: publish or keep it, to prove later that nothing was rewritten since")
    .addHelpText("after", "\nExample:\n  npx shipshape evidence checkpoint > checkpoint-$(date +%F)")
    .action(() => read((log) => void process.stdout.write(log.head?.note ?? "")));
  evidence
    .command("export <id>")
    .description("a folder that anyone can verify offline")
    .requiredOption("--out <folder>", "the folder to write; an older export in it is replaced")
    .option(
      "--since <checkpoint>",
      "a file with an older checkpoint: the folder then proves that the log has only grown since",
    )
    .addHelpText("after", "\nExample:\n  npx shipshape evidence export 261123093000-1a2b3c4d --out evidence-orders")
    .action((id: string, options: { out: string; since?: string }) =>
      withControlPlane(context.settings, async ({ database }) => {
        const known = await knownLog(context.settings, database, terminal);
        if (!known) throw new ShipshapeError("evidence-unknown", { id: printable(id) });
        const older = options.since === undefined ? undefined : await readGiven(options.since);
        const { folder, files } = await exportEvidence(database, known, id, resolve(options.out), older);
        terminal.say(`${folder}: ${files.join(", ")}`);
      }),
    );
  addEvidenceVerify(evidence, context);
  addEvidenceKey(evidence, context);
}

function list(log: LogContent, json: boolean, terminal: Terminal): void {
  const newest = log.entries.slice(-evidenceListedMax).reverse();
  if (json)
    return terminal.say(
      JSON.stringify(
        newest.map(({ place, run, statement }) => ({
          place,
          id: run?.id ?? null,
          kind: run?.kind ?? "other",
          statement,
        })),
        undefined,
        2,
      ),
    );
  if (newest.length === 0)
    return terminal.say("no evidence yet; `npx shipshape request restore-drill --help` shows how to produce some");
  const expiry = (date: string | null) =>
    date === null ? "-" : Date.parse(date) <= Date.now() ? terminal.style("red", "expired") : date.slice(0, 10);
  const rows = newest.map(({ place, run, statement: { predicate, predicateType } }) => [
    String(place),
    run?.id ?? predicateType.split(":").at(-2) ?? "",
    run?.predicate.target ?? "-",
    run?.predicate.database?.resourceId ?? "-",
    run?.kind === "verdict" ? run.predicate.verdict : "-",
    predicate.issuedAt.slice(0, 19),
    expiry(predicate.expiresOn),
  ]);
  for (const line of table(["#", "STATEMENT", "DATABASE", "RESOURCE ID", "VERDICT", "ISSUED", "EXPIRES"], rows))
    terminal.say(line);
}
